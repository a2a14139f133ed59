// Where the API's address, its region and the credentials come from.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { settingsOf } from '../../cli/settings.ts'
import { folderWithOutputs, runCli } from './command-line.ts'

const local = {
  apiUrl: 'http://127.0.0.1:4566/restapis/a/local/_user_request_',
  endpointUrl: 'http://127.0.0.1:4566',
}
const aws = 'https://abc.execute-api.eu-west-3.amazonaws.com/prod'
const cwd = '/'

test('options win over the environment, which wins over a local API', () => {
  const folder = folderWithOutputs(local)
  const env = { HPC_PROVISIONER_API_URL: 'https://env.example.org', AWS_REGION: 'eu-west-1' }
  expect(
    settingsOf({ apiUrl: 'https://option.example.org', region: 'us-east-1' }, { env, cwd: folder }),
  ).toEqual({
    apiUrl: 'https://option.example.org',
    region: 'us-east-1',
  })
  expect(settingsOf({}, { env, cwd: folder })).toEqual({
    apiUrl: 'https://env.example.org',
    region: 'eu-west-1',
  })
  expect(settingsOf({}, { env: { AWS_REGION: 'eu-west-1' }, cwd: folder })).toEqual({
    ...local,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'not-told' },
  })
})

test('a local API is found from the folders of its package, and from nowhere else', () => {
  const folder = folderWithOutputs(local)
  mkdirSync(join(folder, 'docs', 'more'), { recursive: true })
  expect(settingsOf({}, { env: {}, cwd: join(folder, 'docs', 'more') })).toMatchObject(local)
  const another = join(folder, 'another-package')
  mkdirSync(another)
  writeFileSync(join(another, 'package.json'), '{}')
  expect(() => settingsOf({}, { env: {}, cwd: another })).toThrow(/npm start/)
})

test("API Gateway's own address says the region", () => {
  const env = { HPC_PROVISIONER_API_URL: aws, AWS_REGION: 'us-east-1' }
  expect(settingsOf({}, { env, cwd })).toEqual({ apiUrl: aws, region: 'eu-west-3' })
  const vpce = 'https://abc-vpce-0123.execute-api.eu-west-3.amazonaws.com/prod'
  expect(settingsOf({ apiUrl: vpce }, { env: {}, cwd }).region).toBe('eu-west-3')
})

test.each([
  ['nothing is set', {}, /HPC_PROVISIONER_API_URL.*AWS_REGION/],
  ['no region', { HPC_PROVISIONER_API_URL: 'https://api.example.org' }, /AWS_REGION/],
  ['no URL', { HPC_PROVISIONER_API_URL: 'api.example.org', AWS_REGION: 'eu-west-1' }, /https:\/\//],
])('%s is one line that says what to set', async (_, env, message) => {
  const { status, out, err } = await runCli(['list'], {}, { env, cwd })
  expect({ status, out }).toEqual({ status: 2, out: '' })
  expect(err).toMatch(message)
  expect(err.trimEnd().split('\n')).toHaveLength(1)
})

test('a broken file of a local API is named', () => {
  const folder = folderWithOutputs(local)
  const file = join(folder, '.local', 'outputs.json')
  writeFileSync(file, '{"apiUrl": 1')
  expect(() => settingsOf({}, { env: {}, cwd: folder })).toThrow(file)
})
