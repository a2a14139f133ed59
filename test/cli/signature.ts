// SigV4's verification, written from its specification, so that signing is not checked by the library that signs.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { createHash, createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

export type SignedCall = { method: string; url: URL; headers: IncomingHttpHeaders; body: string }

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/** Region and service of a signature that is right; throws for one that is not. */
export function verified({ method, url, headers, body }: SignedCall, secretAccessKey: string) {
  const [, scope = '', signedHeaders = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? []
  const names = signedHeaders.split(';')
  const query = [...url.searchParams].map(([key, value]) => `${escapeUri(key)}=${escapeUri(value)}`).sort()
  const canonical = [
    method,
    url.pathname.split('/').map(escapeUri).join('/'),
    query.join('&'),
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    signedHeaders,
    sha256(body),
  ].join('\n')
  const [date = '', region = '', service = '', end = ''] = scope.split('/')
  const key = [date, region, service, end].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`)
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n')
  if (hmac(key, toSign).toString('hex') !== signature) throw new Error(`a wrong signature of\n${canonical}`)
  return { region, service, signedHeaders: names }
}

const escapeUri = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
