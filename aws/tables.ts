// The keys of the tables and of their indexes: lib/ makes them, the files beside this one read by them.

/** All of them are text, but where something else is said. */
export const tableKeys = {
  clusters: { partition: 'name' },
  slots: { partition: 'slot', type: 'number' },
  events: { partition: 'cluster', sort: 'id' },
  audit: { partition: 'day', sort: 'id' },
  operations: { partition: 'part', sort: 'name' },
} as const

export type TableName = keyof typeof tableKeys
export const tableNames = Object.keys(tableKeys) as TableName[]

export const indexes = {
  byVirtualLab: { partition: 'virtualLab', sort: 'name' },
  byStatus: { partition: 'wireStatus', sort: 'name' },
  /**
   * Only records with a look ahead of them are in it, so a sweep reads what is due and no more. All of it is one partition,
   * which takes 1,000 units a second: it holds what a sweep needs, so that each look costs it two.
   */
  byDue: { partition: 'due', sort: 'dueAt', includes: ['deploymentId'] },
} as const

/** The audit trail's, whose entries are ordered by their id within each. */
export const auditIndexes = {
  byCluster: { partition: 'cluster', sort: 'id' },
  byPrincipal: { partition: 'principal', sort: 'id' },
} as const

export type Index = keyof typeof indexes

// The Operations table has two partitions: `lab` with an item for each virtual lab, `queue` with one for each line and the one
// of the counts.
export const labKey = (virtualLab: string) => ({ part: 'lab', name: virtualLab })
export const queueKey = (name: string) => ({ part: 'queue', name })
