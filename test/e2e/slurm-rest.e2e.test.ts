// Slurm's REST API end to end: whose token it takes and whose not, a job by it, and new keys of the identity provider.
import { execFile } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { decodeJwt, exportSPKI, generateKeyPair, importJWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { client, gone, hasHosts, outputs, ready } from './caller.ts'
import {
  aJob,
  aToken,
  jobState,
  publishedKeys,
  refreshKeys,
  refreshKeysFrom,
  rotateKeys,
  slurm,
  storedKeys,
  storeKeys,
  submit,
} from './slurm-rest.ts'

const withHosts = describe.skipIf(!hasHosts)
const root = join(import.meta.dirname, '..', '..')
const oneHour = () => Math.floor(Date.now() / 1000) + 3600

let name = ''
let url = ''

beforeAll(async () => {
  if (!hasHosts) return
  ;({ name } = await client.call('createCluster', { virtualLab: 'e2e-lab', project: 'rest', tier: 'debug' }))
  const cluster = await ready(name)
  url = cluster.slurmRest?.url ?? ''
  expect(url).toMatch(process.getuid?.() === 0 ? /^http:\/\/10\.[\d.]+:6830$/ : /^http:\/\/127\.0\.0\.1:\d+$/)
})
afterAll(async () => {
  if (!name) return
  await client.call('deleteCluster', { name })
  await gone(name)
})

/** Asks until the answer is the wanted one: slurmctld starts again for new keys, and the first node wakes for a job. */
async function until<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 400; tries += 1) {
    const answer = await ask()
    if (isSo(answer)) return answer
    await sleep(200)
  }
  throw new Error('It never came to be so.')
}

const diagnosis = (token: string | undefined, user?: string) =>
  slurm(url, 'diag', { ...(token === undefined ? {} : { token }), ...(user ? { user } : {}) })

/** To submit a job, by whoever shows this token. */
const attempt = (token: string | undefined, user = 'sim') =>
  slurm(url, 'job/submit', {
    ...(token === undefined ? {} : { token }),
    ...{ user, method: 'POST', body: aJob('true') },
  })

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** A token by hand: its signature is whatever `sign` says. */
const forged = (header: object, sign: (signed: string) => string, user = 'sim') => {
  const signed = `${encode(header)}.${encode({ sun: user, exp: oneHour() })}`
  return `${signed}.${sign(signed)}`
}

const signedBy = async (key: Parameters<SignJWT['sign']>[0], kid: string) =>
  new SignJWT({ sun: 'sim' }).setProtectedHeader({ alg: 'RS256', kid }).setExpirationTime(oneHour()).sign(key)

withHosts('slurmrestd refuses', () => {
  const rsaKid = async () => (await publishedKeys()).find(({ alg }) => alg === 'RS256')?.kid ?? ''
  const anotherKey = async () => (await generateKeyPair('RS256')).privateKey
  const tokens: [what: string, token: () => Promise<string | undefined>, user?: string][] = [
    ['no token', async () => undefined],
    ['what is no token', async () => 'not.a.token'],
    ["another issuer's key under its own id", async () => signedBy(await anotherKey(), 'another')],
    ["another issuer's key under our issuer's id", async () => signedBy(await anotherKey(), await rsaKid())],
    ['an unsigned one', async () => forged({ alg: 'none', kid: await rsaKid() }, () => '')],
    [
      'one signed with the public key as a shared secret',
      async () => {
        const jwk = (await publishedKeys()).find(({ alg }) => alg === 'RS256')
        const pem = await exportSPKI(
          (await importJWK({ kty: 'RSA', ...jwk }, 'RS256', { extractable: true })) as never,
        )
        const sign = (text: string) => createHmac('sha256', pem).update(text).digest('base64url')
        return forged({ alg: 'HS256', kid: jwk?.kid }, sign)
      },
    ],
    ['a token of sim from who calls himself root', () => aToken(), 'root'],
    ['a token of root', () => aToken({ user: 'root' }), 'root'],
  ]
  test.each(tokens)('%s', async (_, token, user) => {
    const { status, body } = await attempt(await token(), user)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(body.job_id || undefined).toBeUndefined()
    // It is the token that was refused: a good one is taken in the same moment.
    expect((await diagnosis(await aToken())).status).toBe(200)
  })

  test('an expired one', async () => {
    const token = await aToken({ lifespan: '1' })
    const { exp = 0 } = decodeJwt(token)
    while (Date.now() < (exp + 1) * 1000) await sleep(100)
    expect((await attempt(token)).status).toBeGreaterThanOrEqual(400)
    expect((await diagnosis(token)).status).toBeGreaterThanOrEqual(400)
  })

  test('to run a job of a user that the cluster does not have', async () => {
    const good = await aToken()
    const { body } = await attempt(await aToken({ user: 'nobody-here' }), 'nobody-here')
    const after = await submit(url, good, 'true')
    await until(
      () => jobState(url, good, after),
      (state) => state === 'COMPLETED',
    )
    // Slurm 22.05 takes it as a job of nobody, which no node can start.
    if (body.job_id) expect(await jobState(url, good, body.job_id as number)).toBe('PENDING')
  })

  test('what the issuer does not give: a token without the client’s secret', async () => {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: outputs.identity.clientId,
    })
    expect((await fetch(outputs.identity.tokenUrl, { method: 'POST', body })).status).toBe(401)
  })
})

withHosts('with a good token', () => {
  test('a job is submitted and read back COMPLETED', async () => {
    const token = await aToken()
    const id = await submit(url, token, 'srun hostname')
    const state = await until(
      () => jobState(url, token, id),
      (seen) => !['PENDING', 'CONFIGURING', 'RUNNING', 'COMPLETING', undefined].includes(seen),
    )
    expect(state).toBe('COMPLETED')
    const { body } = await slurm(url, `job/${id}`, { token })
    expect(body.jobs).toMatchObject([
      { job_id: id, name: 'rest', ...(process.getuid?.() === 0 ? { user_name: 'sim' } : {}) },
    ])
  })

  test('the accounting database tells of it as well, by the same token', async () => {
    const token = await aToken()
    const id = await submit(url, token, 'true')
    const states = async () => {
      const { body } = await slurm(url, `slurmdb/job/${id}`, { token })
      return (body.jobs as { state: { current: string } }[] | undefined)?.map(({ state }) => state.current)
    }
    expect(await until(states, (seen) => seen?.[0] === 'COMPLETED')).toEqual(['COMPLETED'])
    // Slurm 22.05 answers 200 here, whatever it refuses.
    const { body } = await slurm(url, `slurmdb/job/${id}`, { token: 'not.a.token' })
    expect(body.jobs ?? []).toEqual([])
    expect(body.errors).not.toEqual([])
  })

  test('the example of the documentation works as it stands', async () => {
    const example =
      /```sh local\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/slurm-rest.md'), 'utf8'))?.[1] ?? ''
    const cwd = mkdtempSync(join(tmpdir(), 'hpc-rest-'))
    mkdirSync(join(cwd, '.local'))
    writeFileSync(join(cwd, '.local/outputs.json'), JSON.stringify(outputs))
    writeFileSync(join(cwd, 'package.json'), '{}')
    const setUp = `npx() { shift; node ${root}/bin/hpc-provisioner.js "$@"; }\nset -euo pipefail\n`
    const program = `${setUp}${example.replaceAll('my-lab/my-project', 'e2e-lab/rest')}`
    const { stdout } = await promisify(execFile)('bash', ['-c', program], { cwd })
    expect(stdout).toMatch(/"job_id": \d+/)
  })
})

withHosts('new keys of the identity provider', () => {
  test('are taken without losing a running job; the old ones are refused', async () => {
    const old = await aToken()
    const id = await submit(url, old, 'sleep 600')
    await until(
      () => jobState(url, old, id),
      (state) => state === 'RUNNING',
    )
    await rotateKeys()
    const fresh = await aToken()
    expect((await diagnosis(fresh)).status).not.toBe(200)
    expect(await refreshKeys()).toBeUndefined()
    await until(
      () => diagnosis(fresh),
      ({ status }) => status === 200,
    )
    expect((await diagnosis(old)).status).toBeGreaterThanOrEqual(400)
    expect(await jobState(url, fresh, id)).toBe('RUNNING')
    await until(
      () => slurm(url, 'slurmdb/jobs', { token: fresh }),
      ({ status }) => status === 200,
    )
    expect((await slurm(url, `job/${id}`, { token: fresh, method: 'DELETE' })).status).toBe(200)
    await until(
      () => jobState(url, fresh, id),
      (state) => state === 'CANCELLED',
    )
  })
})

describe('what is stored of the keys', () => {
  test('is the RSA key for signatures, without the one for encryption', async () => {
    await refreshKeys()
    const { keys } = JSON.parse((await storedKeys()).text)
    const [published] = (await publishedKeys()).filter(({ alg }) => alg === 'RS256')
    expect(keys).toEqual([published])
    expect((await publishedKeys()).map(({ alg }) => alg)).toEqual(['RS256', 'RSA-OAEP'])
  })

  test('is written when it changed, and only then', async () => {
    const before = await storedKeys()
    await sleep(1100) // S3 tells whole seconds
    expect(await refreshKeys()).toBeUndefined()
    expect(await storedKeys()).toEqual(before)
  })

  const elliptic = { kty: 'EC', crv: 'P-256', kid: 'a', x: 'AA', y: 'AA', use: 'sig', alg: 'ES256' }
  test.each([
    ['no JSON but a page', 200, '<html><body>Sign in</body></html>'],
    ['an empty set', 200, '{"keys":[]}'],
    ['keys that are not RSA', 200, JSON.stringify({ keys: [elliptic] })],
    ['an error', 503, '{"keys":[]}'],
    ['more than any set holds', 200, `{"keys":[],"more":"${'x'.repeat(100_000)}"}`],
  ])('stays when the provider publishes %s', async (_, status, text) => {
    const before = await storedKeys()
    const server = createServer((_request, response) => response.writeHead(status).end(text))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const failure = await refreshKeysFrom(`http://127.0.0.1:${(server.address() as AddressInfo).port}/certs`)
    server.close()
    expect(failure).toMatch(/could not be read|cannot be used/)
    expect(await storedKeys()).toEqual(before)
  })

  test('is written by the function and nobody else', async () => {
    const { accessKeyId, secretAccessKey } = outputs
    await expect(storeKeys('{"keys":[]}', { accessKeyId, secretAccessKey })).rejects.toMatchObject({
      name: 'AccessDenied',
    })
  })
})
