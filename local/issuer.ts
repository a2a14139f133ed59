// Stands in for Keycloak on a laptop: publishes its key and gives tokens to who knows the client's secret. The key lives
// in memory only; each start has a new one.
import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import * as z from '../core/zod.ts'

export type Client = { tokenUrl: string; rotateUrl: string; clientId: string; clientSecret: string }
export type Issuer = { jwksUrl: string; client: Client; stop: () => Promise<void> }

// Slurm's own, and the only one that the Slurm 22.05 of Debian 12 knows; bin/app.ts names it for the local environment.
const userClaim = 'sun'
const clientId = 'workflow-service'
const realm = '/realms/local'
const paths = {
  discovery: `${realm}/.well-known/openid-configuration`,
  certs: `${realm}/protocol/openid-connect/certs`,
  token: `${realm}/protocol/openid-connect/token`,
  rotate: `${realm}/rotate-keys`,
}

/** OAuth's client credentials (RFC 6749, 4.4), and what the token shall say. Times are seconds. */
const TokenRequest = z.object({
  grant_type: z.literal('client_credentials'),
  user: z._default(z.string().check(z.minLength(1), z.maxLength(64)), 'sim'),
  lifespan: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(86_400)), 3600),
})

type Key = { kid: string; privateKey: CryptoKey; published: JWK }
type Answer = { status: number; body?: object }

/** `host` is where it listens; what it publishes names 127.0.0.1. */
export async function startIssuer(host = '127.0.0.1'): Promise<Issuer> {
  const clientSecret = randomBytes(24).toString('hex')
  let key = await newKey('RS256', 'sig')
  // Keycloak publishes one too. It checks no signatures, so it must not come to Slurm.
  const encryption = await newKey('RSA-OAEP', 'enc')

  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request).catch((): Answer => ({ status: 500 }))
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    response.end(body && JSON.stringify(body))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, resolve)
  })
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function answer(request: IncomingMessage): Promise<Answer> {
    switch (`${request.method} ${request.url}`) {
      case `GET ${paths.discovery}`:
        return { status: 200, body: discovery(base) }
      case `GET ${paths.certs}`:
        return { status: 200, body: { keys: [key.published, encryption.published] } }
      case `POST ${paths.token}`:
        return give(await formOf(request))
      case `POST ${paths.rotate}`:
        return rotate(await formOf(request))
      default:
        return { status: 404 }
    }
  }

  async function give(form: Record<string, string>): Promise<Answer> {
    if (!isClient(form, clientSecret)) return { status: 401, body: { error: 'invalid_client' } }
    const wish = TokenRequest.safeParse(form)
    if (!wish.success)
      return {
        status: 400,
        body: { error: 'invalid_request', error_description: z.prettifyError(wish.error) },
      }
    const { user, lifespan } = wish.data
    const access_token = await new SignJWT({ azp: clientId, [userClaim]: user })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.kid })
      .setIssuer(base + realm)
      .setSubject(`service-account-${clientId}`)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${lifespan}s`)
      .sign(key.privateKey)
    return { status: 200, body: { access_token, token_type: 'Bearer', expires_in: lifespan } }
  }

  /** The old key is gone at once, as after a break-in; a provider in peace publishes both for a while. */
  async function rotate(form: Record<string, string>): Promise<Answer> {
    if (!isClient(form, clientSecret)) return { status: 401, body: { error: 'invalid_client' } }
    key = await newKey('RS256', 'sig')
    return { status: 200, body: { kid: key.kid } }
  }

  return {
    jwksUrl: base + paths.certs,
    client: { tokenUrl: base + paths.token, rotateUrl: base + paths.rotate, clientId, clientSecret },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function newKey(alg: 'RS256' | 'RSA-OAEP', use: 'sig' | 'enc'): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { modulusLength: 2048 })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  return { kid, privateKey, published: { ...jwk, kid, alg, use } }
}

/** OpenID Connect Discovery 1.0, section 3: what a client looks up. */
const discovery = (base: string) => ({
  issuer: base + realm,
  jwks_uri: base + paths.certs,
  token_endpoint: base + paths.token,
  grant_types_supported: ['client_credentials'],
  id_token_signing_alg_values_supported: ['RS256'],
})

function isClient({ client_id, client_secret = '' }: Record<string, string>, secret: string): boolean {
  const [given, wanted] = [Buffer.from(client_secret), Buffer.from(secret)]
  return client_id === clientId && given.length === wanted.length && timingSafeEqual(given, wanted)
}

async function formOf(request: IncomingMessage): Promise<Record<string, string>> {
  let text = ''
  for await (const chunk of request) {
    text += chunk
    if (text.length > 10_000) throw new Error('too long')
  }
  return Object.fromEntries(new URLSearchParams(text))
}
