// One function behind two doors: who asks by the API reads the report; unasked, the log and the alarm have it.
import type { APIGatewayProxyEvent, Context } from 'aws-lambda'
import type { PreflightReport } from '../../core/preflight/report.ts'
import { httpHandler } from './http-handler.ts'
import { logger } from './logger.ts'

type Look<P> = (place: P) => Promise<PreflightReport>

export function preflightHandler<P>(makePlace: () => P, look: Look<P>) {
  const http = httpHandler(makePlace, { getPreflight: look })
  return async (event: object, context: Context) =>
    'httpMethod' in event ? http(event as APIGatewayProxyEvent, context) : tell(await look(makePlace()))
}

/** A finding is a line in the log. An ERROR among them fails the call, which is what the alarm hears. */
function tell({ findings, passed, checks }: PreflightReport): void {
  logger.keep({})
  const write = { ERROR: logger.error, WARNING: logger.warn, INFO: logger.info }
  // The logger drops a key `message`: that is the line's own.
  for (const { level, message: detail, ...finding } of findings)
    write[level]('finding', { ...finding, detail })
  logger.info('preflight', { passed, checks })
  const errors = findings.filter(({ level }) => level === 'ERROR').map(({ code }) => code)
  if (!passed) throw new Error(`Preflight found ${errors.join(', ')}.`)
}
