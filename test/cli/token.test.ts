// `token`: the local issuer's tokens, and on AWS where to ask for one instead.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../../cli/main.ts'
import { usableKeys } from '../../core/jwks/usable-keys.ts'
import { type Issuer, startIssuer } from '../../local/issuer.ts'
import { fakeTerminal, runCli, temporaryFolder } from './command-line.ts'

let issuer: Issuer
beforeAll(async () => {
  issuer = await startIssuer()
})
afterAll(() => issuer.stop())

async function token(identity: object, ...args: string[]) {
  const cwd = temporaryFolder()
  mkdirSync(join(cwd, '.local'))
  const outputs = {
    ...{ apiUrl: 'http://127.0.0.1:9', endpointUrl: 'http://127.0.0.1:9', region: 'us-east-1' },
    ...{ accessKeyId: 'a', secretAccessKey: 'b', identity },
  }
  writeFileSync(join(cwd, '.local', 'outputs.json'), JSON.stringify(outputs))
  const { terminal, said } = fakeTerminal({ cwd })
  const status = await run(['token', ...args], terminal)
  return { status, out: said.out, err: said.err }
}
const keys = async () =>
  createLocalJWKSet(JSON.parse(usableKeys(await (await fetch(issuer.jwksUrl)).text()).text))

test('prints a token of sim for an hour, which the keys that Slurm is given verify', async () => {
  const { status, out } = await token(issuer.client)
  expect(status).toBe(0)
  const { payload, protectedHeader } = await jwtVerify(out.trim(), await keys())
  expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: expect.any(String) })
  expect(payload.sun).toBe('sim')
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600)
})

test('of another user, for another time, as JSON', async () => {
  const { out } = await token(issuer.client, '--user', 'ec2-user', '--lifespan', '60', '--json')
  const answer = JSON.parse(out)
  expect(answer.expiresInSeconds).toBe(60)
  const { sun, exp = 0, iat = 0 } = decodeJwt(answer.token)
  expect([sun, exp - iat]).toEqual(['ec2-user', 60])
})

test('a key that was rotated away verifies nothing any more', async () => {
  const { out } = await token(issuer.client)
  const { clientId: client_id, clientSecret: client_secret, rotateUrl } = issuer.client
  expect((await fetch(rotateUrl, { method: 'POST', body: new URLSearchParams({ client_id }) })).status).toBe(
    401,
  )
  await jwtVerify(out.trim(), await keys())
  await fetch(rotateUrl, { method: 'POST', body: new URLSearchParams({ client_id, client_secret }) })
  await expect(jwtVerify(out.trim(), await keys())).rejects.toThrow()
})

test.each([
  ['0', /number of seconds/],
  ['soon', /number of seconds/],
  ['90000', /number of seconds/],
])('refuses a lifespan of %s', async (lifespan, message) => {
  const { status, err } = await token(issuer.client, '--lifespan', lifespan)
  expect(status).toBe(2)
  expect(err).toMatch(message)
})

test('says what the issuer says against it, and when it does not answer', async () => {
  const refused = await token({ ...issuer.client, clientSecret: 'wrong' })
  expect(refused).toMatchObject({ status: 2, err: expect.stringContaining('401') })
  const away = await token({ ...issuer.client, tokenUrl: 'http://127.0.0.1:9/token' })
  expect(away).toMatchObject({ status: 6, err: expect.stringContaining('npm start') })
})

test('on AWS says that tokens come from the identity provider', async () => {
  const { status, err } = await runCli(
    ['token'],
    {},
    { env: { HPC_PROVISIONER_API_URL: 'https://a.example.org', AWS_REGION: 'eu-west-1' } },
  )
  expect(status).toBe(2)
  expect(err).toMatch(/identity provider/)
})
