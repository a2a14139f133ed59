// What a failure of the database tells: never the statement, in which a password may be.
import type { AddressInfo, Server } from 'node:net'
import type { Context } from 'aws-lambda'
import { type Connection, createServer } from 'mysql2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from '../../core/zod.ts'
import { loginOf, withConnection } from '../../database/connect.ts'
import { databaseHandler } from '../../lambdas/middleware/database-handler.ts'
import { caughtLog } from '../lambdas/log.ts'

const log = caughtLog()
const password = 'the-password-of-a-login'

// A server that refuses every statement, so that the error is mysql2's own.
type Served = Connection & {
  serverHandshake: (greeting: object) => void
  writeError: (error: { code: number; message: string }) => void
}
let code = 0
const server = createServer((connection) => {
  const served = connection as unknown as Served
  served.on('error', () => {})
  served.serverHandshake({
    ...{ protocolVersion: 10, serverVersion: '10.11.0-MariaDB', connectionId: 1, statusFlags: 2 },
    ...{ characterSet: 8, capabilityFlags: 0xffffff },
  })
  served.on('query', () => served.writeError({ code, message: 'It is refused.' }))
})
const { _server: socket } = server as unknown as { _server: Server }
const place = () => ({ host: '127.0.0.1', port: (socket.address() as AddressInfo).port, tls: false })

beforeAll(async () => {
  const listening = new Promise((resolve) => socket.once('listening', resolve))
  server.listen(0)
  await listening
  process.env.DATABASE = JSON.stringify(place())
  process.env.READER_SECRET = 'arn'
})
afterAll(() => {
  socket.close()
  delete process.env.DATABASE
  delete process.env.READER_SECRET
})

describe('a failure of a statement', () => {
  it.each([
    ['that nobody expects (ER_NOT_VALID_PASSWORD)', 1819],
    ['that may succeed later (ER_LOCK_DEADLOCK)', 1213],
    ['that the database refuses (ER_SPECIFIC_ACCESS_DENIED_ERROR)', 1227],
  ])('%s leaves no value of it in the error or the log', async (_, number) => {
    code = number
    const handler = databaseHandler(z.unknown(), () =>
      withConnection(place(), { user: 'admin', password: 'p' }, async (connection) => {
        await connection.query("ALTER USER ?@'%' IDENTIFIED BY ?", ['login', password])
        return {}
      }),
    )
    const thrown = await handler({}, {} as Context).catch((error) => ({ ...error, stack: error.stack }))
    expect(log.join('')).toContain('It is refused.')
    for (const told of [JSON.stringify(thrown), log.join('')]) {
      expect(told).not.toContain(password)
      expect(told).not.toContain('ALTER USER')
    }
  })
})

describe("the administrator's secret", () => {
  it('is a login in JSON', () => {
    expect(loginOf(`{"username":"admin","password":"${password}"}`)).toEqual({ user: 'admin', password })
  })

  it.each([password, `{"username":"admin","password":"${password}`, `"${password}"`, 'null', '{}'])(
    'is not told where it is none: %s',
    (secret) => {
      const error = (() => {
        try {
          return loginOf(secret)
        } catch (error) {
          return error
        }
      })()
      expect(String(error)).toBe(
        'Error: The secret of the administrator is no JSON with username and password.',
      )
    },
  )
})
