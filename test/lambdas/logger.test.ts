// What a line of the log is, and what of it cannot be said by others.
import { describe, expect, it } from 'vitest'
import { logger } from '../../lambdas/middleware/logger.ts'
import { caughtLog } from './log.ts'

const log = caughtLog()
const lines = () => log.map((line) => JSON.parse(line))

describe('the log', () => {
  it('has a line of JSON for each event, with what is kept for all of them', () => {
    logger.keep({ requestId: 'a' })
    logger.info('request', { status: 200 })
    logger.keep({ cluster: 'hpc-a' })
    logger.warn('orphan')
    const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    const service = 'hpc-provisioner'
    expect(log.every((line) => line.endsWith('}\n') && line.indexOf('\n') === line.length - 1)).toBe(true)
    expect(lines()).toEqual([
      { level: 'INFO', message: 'request', timestamp, service, requestId: 'a', status: 200 },
      { level: 'WARN', message: 'orphan', timestamp, service, cluster: 'hpc-a' },
    ])
  })

  it('is of its level, message and time, whatever the fields say', () => {
    logger.error('failed', { level: 'INFO', message: 'all is well', service: 'other', more: 'a\nb' })
    expect(lines()).toMatchObject([
      { level: 'ERROR', message: 'failed', service: 'hpc-provisioner', more: 'a\nb' },
    ])
    expect(log).toHaveLength(1)
  })

  it('tells an error with what caused it, and none of the fields that a client hung on it', () => {
    const cause = Object.assign(new Error('refused'), { $response: { body: 'a secret' } })
    logger.error('failed', { error: Object.assign(new TypeError('no', { cause }), { sql: 'a secret' }) })
    const [{ error }] = lines()
    expect(error).toEqual({
      name: 'TypeError',
      message: 'no',
      stack: expect.stringContaining('logger.test.ts'),
      cause: { name: 'Error', message: 'refused', stack: expect.any(String) },
    })
    expect(log.join('')).not.toContain('a secret')
  })
})
