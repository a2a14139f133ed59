// The accounting database in memory: the logins of deployments, the projects that ever had one, and their jobs.

import { type Accounting, firstJobId } from '../../core/accounting/accounting.ts'
import type { UsageRow } from '../../core/accounting/usage.ts'
import type { Cloud } from '../../core/cloud.ts'
import { databaseName, databaseSecretName, databaseUser } from '../../core/names.ts'

type Calls = Pick<Cloud, 'prepareAccounting' | 'removeAccounting' | 'readUsage'>

export function accounting(refuses: () => string | undefined) {
  /** By the secret's name, which is of one deployment. */
  const logins = new Map<string, Accounting>()
  /** By database: the highest job id. It stays when the cluster goes. */
  const highest = new Map<string, number>()
  const usage: UsageRow[] = []

  const calls: Calls = {
    async prepareAccounting(of) {
      const refused = refuses()
      if (refused) return { refused }
      const secret = databaseSecretName(of)
      const database = databaseName(of.name)
      highest.set(database, highest.get(database) ?? 0)
      const made = logins.get(secret) ?? {
        uri: 'db:3306',
        databaseName: database,
        userName: databaseUser(of),
        passwordSecretArn: `arn:aws:secretsmanager:eu-west-1:1:secret:${secret}-AbCdEf`,
        firstJobId: firstJobId(highest.get(database) ?? 0),
      }
      logins.set(secret, made)
      return made
    },
    removeAccounting: async (of) => void logins.delete(databaseSecretName(of)),
    readUsage: async ({ virtualLab, project, from, to, limit, cursor = '' }) => {
      const rows = usage
        .filter((row) => (virtualLab ?? row.virtualLab) === row.virtualLab)
        .filter((row) => (project ?? row.project) === row.project && row.day >= from && row.day <= to)
      const keys = [...new Set(rows.map(keyOf))].filter((key) => key > cursor).sort()
      const page = keys.slice(0, limit)
      const items = rows.filter((row) => page.includes(keyOf(row)))
      return { items, ...(keys.length > limit ? { cursor: page.at(-1) } : {}) }
    },
  }
  return { calls, logins, highest, usage }
}

const keyOf = ({ virtualLab, project }: UsageRow): string => `${virtualLab}/${project}`
