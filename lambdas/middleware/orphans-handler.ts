// One function behind two doors: who asks by the API reads the report; unasked, the log, a metric and alarms have it.
import type { APIGatewayProxyEvent, Context } from 'aws-lambda'
import type { Audited } from '../../core/audit/audited.ts'
import { AppError } from '../../core/errors.ts'
import { type OrphanReport, type OrphanSettings, remaining } from '../../core/orphans/report.ts'
import { type How, type Sweeper, sweepOrphans } from '../../core/orphans/sweep-orphans.ts'
import { withAudit } from './audit.ts'
import { httpHandler } from './http-handler.ts'
import { logger } from './logger.ts'
import { write } from './metrics.ts'

type Swept = Sweeper & { settings: OrphanSettings }

/** The age limit of the schedule: the same as where a request names none. */
const unaskedHours = 24

export function orphansHandler(makeSweeper: () => Swept) {
  const http = httpHandler<Swept & Partial<Audited>>(
    makeSweeper,
    {
      listOrphans: (sweeper, { olderThanHours }) => swept(sweeper, { olderThanHours }),
      async deleteOrphans({ writeEntry, ...sweeper }, { olderThanHours }) {
        if (sweeper.settings.sweep === 'report')
          throw new AppError(
            'ReportOnly',
            "This environment only reports orphans. Set sweepOrphans: 'delete' in bin/app.ts and deploy, or delete them by hand.",
          )
        await writeEntry?.()
        return swept(sweeper, { olderThanHours, remove: 'asked' })
      },
    },
    withAudit,
  )
  return async (event: object, context: Context) => {
    if ('httpMethod' in event) return http(event as APIGatewayProxyEvent, context)
    logger.keep({})
    const sweeper = makeSweeper()
    const remove = sweeper.settings.sweep === 'delete' ? 'unasked' : 'slots'
    tell(await swept(sweeper, { olderThanHours: unaskedHours, remove }))
  }
}

/** Each orphan is a line in the log, whoever asked: what was deleted has to be found again. */
async function swept(sweeper: Swept, how: How): Promise<OrphanReport> {
  const report = await sweepOrphans(sweeper, how)
  for (const orphan of report.orphans) logger.warn('orphan', { ...orphan })
  for (const { kind, message } of report.unseen) logger.error('orphans unseen', { kind, detail: message })
  return report
}

/** A count is a metric. What could not be looked at fails the call, which is what its alarm hears. */
function tell(report: OrphanReport): void {
  const left = remaining(report).length
  write(report.site, [{ name: 'Orphans', unit: 'Count', value: left }])
  logger.info('orphans', { found: report.orphans.length, left })
  if (report.unseen.length > 0)
    throw new Error(`Could not look at ${report.unseen.map(({ kind }) => kind).join(', ')}.`)
}
