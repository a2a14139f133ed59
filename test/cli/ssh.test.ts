// ssh: which key goes to which user, that only ssh can read it, and that it is gone afterwards.
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aCluster, aFailedCluster } from './clusters.ts'
import { runCli, temporaryFolder } from './command-line.ts'
import { answered } from './stand-in-api.ts'

const { name } = aCluster()
const secrets = { 'arn:user': 'the key of sim', 'arn:admin': 'the key of the administrator\n' }
const answers = { getCluster: answered('getCluster', aCluster()) }

/** An `ssh` that records how it was called and what it found, then does what the test says. */
function fakeSsh(andThen = 'exit 0') {
  const folder = temporaryFolder()
  const record = join(folder, 'record')
  const script = `#!/bin/sh
for argument; do printf '%s\\n' "$argument" >> '${record}.args'; [ "$last" = -i ] && key=$argument; last=$argument; done
ls -ld "$(dirname "$key")" "$key" | cut -c 1-10 > '${record}.modes'
cp "$key" '${record}.key'
${andThen}
`
  writeFileSync(join(folder, 'ssh'), script)
  chmodSync(join(folder, 'ssh'), 0o755)
  const read = (what: string) => readFileSync(`${record}.${what}`, 'utf8')
  return {
    env: { PATH: `${folder}:${process.env.PATH}` },
    recorded: () => {
      const args = read('args').trimEnd().split('\n')
      const keyFile = args[args.indexOf('-i') + 1] as string
      return { args, keyFile, modes: read('modes').split('\n'), key: read('key') }
    },
  }
}

describe('the connection', () => {
  test('is made with the key of the user, in a file that nobody else can read and that is gone afterwards', async () => {
    const { env, recorded } = fakeSsh()
    const ran = await runCli(['ssh', name], answers, { env, secrets })
    const { args, keyFile, modes, key } = recorded()
    expect(ran).toMatchObject({ status: 0, out: '', err: '' })
    expect(key).toBe('the key of sim\n')
    expect(modes).toEqual(['drwx------', '-rw-------', ''])
    expect(existsSync(dirname(keyFile))).toBe(false)
    expect(args.slice(-3)).toEqual(['-p', '22', 'sim@10.1.3.10'])
    expect(args).toContain('StrictHostKeyChecking=accept-new')
    expect(args).toContain(`UserKnownHostsFile=${join(dirname(keyFile), 'known_hosts')}`)
    expect(args).toContain('IdentitiesOnly=yes')
  })

  test('as the administrator has another key and another user', async () => {
    const { env, recorded } = fakeSsh()
    await runCli(['ssh', name, '--admin'], answers, { env, secrets })
    expect(recorded()).toMatchObject({ key: 'the key of the administrator\n' })
    expect(recorded().args.at(-1)).toBe('ec2-user@10.1.3.10')
  })

  test('runs a command as it was written, with options that look like ours', async () => {
    const { env, recorded } = fakeSsh()
    await runCli(['ssh', name, '--', '-v', 'ls', '--json', '-la', '--help'], answers, { env, secrets })
    expect(recorded().args.slice(-7)).toEqual(['sim@10.1.3.10', '--', '-v', 'ls', '--json', '-la', '--help'])
  })

  test('takes options for ssh, which win because they are first', async () => {
    const { env, recorded } = fakeSsh()
    await runCli(['ssh', name, '-o', 'ProxyJump=b', '--ssh-option', 'LogLevel=DEBUG'], answers, {
      env,
      secrets,
    })
    expect(recorded().args.slice(0, 4)).toEqual(['-o', 'ProxyJump=b', '-o', 'LogLevel=DEBUG'])
  })
})

describe('the end', () => {
  test.each([
    ['exit 42', 42],
    ['exit 255', 255],
    ['kill -TERM $$', 143],
  ])('of ssh with %s is %i, and the key is gone', async (andThen, status) => {
    const { env, recorded } = fakeSsh(andThen)
    expect((await runCli(['ssh', name], answers, { env, secrets })).status).toBe(status)
    expect(existsSync(dirname(recorded().keyFile))).toBe(false)
  })

  test('without an ssh says so', async () => {
    const ran = await runCli(['ssh', name], answers, { env: { PATH: temporaryFolder() }, secrets })
    expect(ran).toMatchObject({ status: 6, err: expect.stringMatching(/OpenSSH/) })
  })
})

describe('no connection', () => {
  test.each([
    [
      'it is being built',
      aCluster({ status: 'CREATE_IN_PROGRESS', ssh: null }),
      /CREATE_IN_PROGRESS.*wait hpc-/,
    ],
    ['it failed', { ...aFailedCluster, ssh: null }, /StackFailed/],
    ['the site builds no host', aCluster({ ssh: null }), /builds none/],
  ])('%s', async (_, cluster, message) => {
    const getCluster = answered('getCluster', cluster)
    const ran = await runCli(['ssh', name], { getCluster }, { secrets })
    expect(ran).toMatchObject({ status: 6, err: expect.stringMatching(message) })
  })

  test('where the key cannot be read', async () => {
    const ran = await runCli(['ssh', name], answers, { secrets: {} })
    expect(ran).toMatchObject({ status: 6, err: expect.stringMatching(/arn:user.*no such secret/) })
  })
})
