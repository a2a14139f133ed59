// Preflight's two doors: a route of the API, for who wants to know now, and a schedule with the deployments, for all else.
import type { APIGatewayProxyEvent, Context } from 'aws-lambda'
import { inspector } from '../aws/preflight.ts'
import { preflight } from '../core/preflight/preflight.ts'
import type { Place } from '../core/preflight/questions.ts'
import { placeOfEnvironment } from './middleware/env.ts'
import { httpHandler } from './middleware/http-handler.ts'
import { logger } from './middleware/logger.ts'

const look = (place: Place & { slotsTable: string }) =>
  preflight(place, inspector(place.slotsTable), new Date())

const http = httpHandler(placeOfEnvironment, { getPreflight: look })

export const handler = async (event: object, context: Context) =>
  'httpMethod' in event ? http(event as APIGatewayProxyEvent, context) : unasked()

/** Nobody reads the answer: a finding is a line in the log, and an error fails the call, which the alarm hears. */
async function unasked(): Promise<void> {
  const { findings, passed, checks } = await look(placeOfEnvironment())
  for (const { level, ...finding } of findings)
    ({ ERROR: logger.error, WARNING: logger.warn, INFO: logger.info })[level].call(logger, 'finding', finding)
  logger.info('preflight', { passed, checks })
  const errors = findings.filter(({ level }) => level === 'ERROR').map(({ code }) => code)
  if (errors.length > 0) throw new Error(`Preflight found ${errors.join(', ')}.`)
}
