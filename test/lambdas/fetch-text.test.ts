// A document is read from exactly where it was asked for, and no further than its limit.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fetchText } from '../../lambdas/middleware/fetch-text.ts'

let base = ''
const server = createServer((request, response) => {
  if (request.url === '/text') return response.end('text')
  if (request.url === '/moved') return response.writeHead(302, { location: '/text' }).end()
  if (request.url === '/endless') {
    const more = () => {
      if (response.write('x'.repeat(1000))) setImmediate(more)
      else response.once('drain', more)
    }
    return more()
  }
  return response.writeHead(404).end('nothing')
})

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

it('gives the text', async () => {
  expect(await fetchText(`${base}/text`, 4)).toBe('text')
})

it.each<[string, string, RegExp]>([
  ['a redirect', '/moved', /redirect/],
  ['an error', '/nothing', /answered 404/],
  ['what is too long by one byte', '/text', /longer than 3 bytes/],
  ['what never ends', '/endless', /longer than 3 bytes/],
])('refuses %s', async (_, path, message) => {
  await expect(fetchText(base + path, 3)).rejects.toThrow(message)
})

it('says so when nobody answers', async () => {
  await expect(fetchText('http://127.0.0.1:9/certs', 10)).rejects.toMatchObject({ code: 'Unavailable' })
})
