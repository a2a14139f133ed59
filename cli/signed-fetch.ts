// HTTP requests to the API, signed with SigV4 for API Gateway.
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { AppError } from '../core/errors.ts'

export type Credentials = ConstructorParameters<typeof SignatureV4>[0]['credentials']
export type Target = {
  /** With the stage, as in https://ID.execute-api.REGION.amazonaws.com/STAGE; a path is appended to it. */
  apiUrl: string
  region: string
  /** Without them, AWS's ordinary credential chain. */
  credentials?: Credentials | undefined
}
export type SignedRequest = {
  method: string
  path: string
  query?: Record<string, string>
  body?: string | undefined
}

/** API Gateway itself gives up after 29 seconds. */
const limitSeconds = 40

/** A function that sends one request and gives whatever answer came. Throws `Unavailable` where none did. */
export function signedFetch({ apiUrl, region, credentials }: Target) {
  const base = apiUrl.replace(/\/+$/, '')
  const signer = new SignatureV4({
    service: 'execute-api',
    region,
    credentials: credentials ?? ordinaryCredentials(),
    sha256: Sha256,
  })
  return async ({ method, path, query = {}, body }: SignedRequest): Promise<Response> => {
    const url = new URL(`${base}${path}${queryString(query)}`)
    const signed = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query,
      headers: { host: url.host, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body }),
    })
    const { host: _host, ...headers } = signed.headers
    return send(url, { method, headers, ...(body === undefined ? {} : { body }) })
  }
}

// Not URLSearchParams: it writes a space as "+", which is not what was signed.
function queryString(query: Record<string, string>): string {
  const pairs = Object.entries(query).map(([key, value]) => `${escapeUri(key)}=${escapeUri(value)}`)
  return pairs.length > 0 ? `?${pairs.join('&')}` : ''
}

const escapeUri = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)

async function send(url: URL, request: RequestInit): Promise<Response> {
  try {
    const signal = AbortSignal.timeout(limitSeconds * 1000)
    return await fetch(url, { ...request, redirect: 'manual', signal })
  } catch (error) {
    throw new AppError('Unavailable', `The API at ${url.host} cannot be reached: ${whyNot(error)}.`, {
      cause: error,
    })
  }
}

function whyNot(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: string; message?: string } }
  if (name === 'TimeoutError') return `no answer within ${limitSeconds} seconds`
  return cause?.code ?? (cause?.message || message)
}

// The chain is half of the CLI's start-up time, and not needed where credentials are given.
function ordinaryCredentials() {
  const chain = import('@aws-sdk/credential-providers').then(({ fromNodeProviderChain }) =>
    fromNodeProviderChain(),
  )
  return async () => {
    try {
      return await (await chain)()
    } catch (cause) {
      const message = `There are no AWS credentials to sign with (${(cause as Error).message}). Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`
      throw new AppError('Forbidden', message, { cause })
    }
  }
}
