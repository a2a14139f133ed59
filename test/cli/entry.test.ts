// The program as a shell starts it, with this Node and by way of one that cannot run TypeScript.
import { execFile, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { aCluster } from './clusters.ts'
import { anApi, folderWithOutputs, temporaryFolder } from './command-line.ts'
import { answered, refused } from './stand-in-api.ts'

const entry = fileURLToPath(new URL('../../bin/hpc-provisioner.js', import.meta.url))
const node = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url))
// As an older Node: the entry starts the package's own.
const older = ['--no-experimental-strip-types']

const start = (args: string[], cwd: string) =>
  promisify(execFile)(node, args, { cwd, env: { PATH: process.env.PATH } }).then(
    ({ stdout, stderr }) => ({ status: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ status: code, stdout, stderr }),
  )

test.each([
  ['this Node', []],
  ['an older Node', older],
])('%s answers, and passes the exit status on', async (_, options) => {
  const api = await anApi({
    getCluster: answered('getCluster', aCluster()),
    listClusters: refused('NoSlotLeft'),
  })
  const cwd = folderWithOutputs(api)
  const get = await start([...options, entry, 'get', aCluster().name, '--json'], cwd)
  expect(get).toMatchObject({ status: 0, stderr: '' })
  expect(JSON.parse(get.stdout)).toEqual(aCluster())
  expect((await start([...options, entry, 'list'], cwd)).status).toBe(6)
})

test('a signal ends ssh and takes the key away', async () => {
  const secrets = { 'arn:user': 'the key of sim' }
  const api = await anApi({ getCluster: answered('getCluster', aCluster()) }, secrets)
  const folder = temporaryFolder()
  const temporary = mkdtempSync(join(folder, 'tmp-'))
  writeFileSync(join(folder, 'ssh'), '#!/bin/sh\necho connected\nexec sleep 60\n')
  chmodSync(join(folder, 'ssh'), 0o755)
  const child = spawn(node, [...older, entry, 'ssh', aCluster().name], {
    cwd: folderWithOutputs(api),
    env: { PATH: `${folder}:${process.env.PATH}`, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)))
  await new Promise((resolve) => child.stdout.once('data', resolve))
  const [keys = ''] = readdirSync(temporary).filter((entry) => entry.startsWith('hpc-provisioner-'))
  expect(existsSync(join(temporary, keys, 'key'))).toBe(true)
  child.kill('SIGTERM')
  expect(await ended).toBe(143)
  expect(readdirSync(temporary).filter((entry) => entry.startsWith('hpc-provisioner-'))).toEqual([])
})

test('credentials of the ordinary chain sign the request', async () => {
  const api = await anApi({
    getVersion: answered('getVersion', { version: '1', parallelCluster: '3', site: 's' }),
  })
  const env = {
    PATH: process.env.PATH,
    HPC_PROVISIONER_API_URL: api.apiUrl,
    AWS_REGION: 'eu-west-3',
    AWS_ACCESS_KEY_ID: 'CHAIN',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_SESSION_TOKEN: 'session-1',
  }
  await promisify(execFile)(node, [entry, 'version'], { cwd: temporaryFolder(), env })
  expect(api.calls[0]?.headers.authorization).toMatch(
    /Credential=CHAIN\/\d{8}\/eu-west-3\/execute-api\/aws4_request/,
  )
  expect(api.calls[0]?.headers['x-amz-security-token']).toBe('session-1')
})
