// The in-memory audit trail: what aws/audit.ts promises.
import { isDeepStrictEqual } from 'node:util'
import { type AuditQuery, StoredEntry } from '../../core/audit/entry.ts'
import type { Cloud } from '../../core/cloud.ts'
import { AppError } from '../../core/errors.ts'

export function auditTrail() {
  const trail: StoredEntry[] = []
  const add = (entry: StoredEntry): void => void trail.push(StoredEntry.parse(structuredClone(entry)))
  const isThere = (entry: StoredEntry) => trail.some((one) => isDeepStrictEqual(one, entry))
  const calls: Pick<Cloud, 'addAudit' | 'listAudit'> = {
    async addAudit(entry) {
      if (!isThere(entry)) add(entry)
    },
    async listAudit({ cluster, principal, from, to, limit, cursor }: AuditQuery) {
      const before = cursor && Buffer.from(cursor, 'base64url').toString()
      if (before !== undefined && !/^\d{4}-\d\d-\d\dT/.test(before))
        throw new AppError('InvalidRequest', 'The cursor is not one that this list gave.')
      const found = trail
        .filter((one) => cluster === undefined || one.cluster === cluster)
        .filter((one) => principal === undefined || one.principal === principal)
        .filter(({ id }) => id >= from && id <= to && (before === undefined || id < before))
        .sort((a, b) => (a.id > b.id ? -1 : 1))
      const items = structuredClone(found.slice(0, limit))
      const last = items.at(-1)
      return found.length > limit && last
        ? { items, cursor: Buffer.from(last.id).toString('base64url') }
        : { items }
    },
  }
  return { trail, add, calls }
}
