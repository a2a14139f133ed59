// Reads what jobs used, with the login that may only read. One project after the other, one job after the other.
import type { Connection, RowDataPacket } from 'mysql2/promise'
import { cpusOf, spanOf, type UsageQuery, type UsageRow, usageSums } from '../core/accounting/usage.ts'
import type { Page } from '../core/cloud.ts'
import type { Tenant } from '../core/names.ts'
import { registry } from './access.ts'
import { identifier, rowsOf } from './connect.ts'
import { isMissingTable } from './errors.ts'

type Project = Tenant & { database: string; cluster: string }
type JobRow = {
  time_start: number
  time_end: number
  nodes_alloc: number
  cpus_req: number
  tres_alloc: string
  queue: string
  user: string | null
  id_user: number
}

// An answer of a function has at most 6 MB; a row has some 200 bytes. A page ends after the project that passes this.
const rowsPerPage = 10_000
// Within the function's own time limit.
const statementSeconds = 20

/** A page of the report; its cursor is the last project's database. */
export async function readUsage(
  connection: Connection,
  query: UsageQuery,
  now: Date,
): Promise<Page<UsageRow>> {
  await connection.query('SET max_statement_time = ?', [statementSeconds])
  const projects = await projectsOf(connection, query)
  const items: UsageRow[] = []
  for (const [index, project] of projects.entries()) {
    if (index === query.limit || items.length >= rowsPerPage)
      return { items, cursor: projects[index - 1]?.database }
    items.push(...(await usageOf(connection, project, query, now)))
  }
  return { items }
}

/** One more than the page may hold, which tells that another one follows. */
async function projectsOf(
  connection: Connection,
  { virtualLab, project, cursor = '', limit }: UsageQuery,
): Promise<Project[]> {
  const wanted = Object.entries({ virtual_lab: virtualLab, project }).filter(([, id]) => id !== undefined)
  const [rows] = await connection
    .query<RowDataPacket[]>(
      `SELECT virtual_lab AS virtualLab, project, database_name AS \`database\`, cluster_name AS cluster
       FROM ${registry} WHERE database_name > ?${wanted.map(([column]) => ` AND BINARY ${column} = ?`).join('')}
       ORDER BY database_name LIMIT ?`,
      [cursor, ...wanted.map(([, id]) => id), limit + 1],
    )
    .catch((error) => {
      // The first deployment makes it.
      if (isMissingTable(error)) return [[]]
      throw error
    })
  return rows as Project[]
}

async function usageOf(
  connection: Connection,
  { database, cluster, virtualLab, project }: Project,
  query: UsageQuery,
  now: Date,
): Promise<UsageRow[]> {
  const span = spanOf(query, now)
  const sums = usageSums(span)
  const table = (name: string) => `${identifier(database)}.${identifier(`${cluster}_${name}_table`)}`
  const rows = rowsOf(
    connection,
    `SELECT job.time_start, job.time_end, job.nodes_alloc, job.cpus_req, job.tres_alloc,
       job.partition AS queue, assoc.user, job.id_user
     FROM ${table('job')} AS job LEFT JOIN ${table('assoc')} AS assoc ON assoc.id_assoc = job.id_assoc
     WHERE job.time_start > 0 AND job.time_start < ? AND (job.time_end = 0 OR job.time_end > ?)`,
    [span.until, span.since],
  )
  try {
    // Streamed: a project may have more jobs than a function has memory.
    for await (const row of rows) sums.add(jobOf(row as JobRow))
  } catch (error) {
    // The project's first cluster has not come as far as its first table.
    if (isMissingTable(error)) return []
    throw error
  }
  return sums.rows({ virtualLab, project })
}

const jobOf = (row: JobRow) => ({
  startedAt: row.time_start,
  endedAt: row.time_end,
  nodes: row.nodes_alloc,
  cpus: cpusOf(row.tres_alloc) ?? row.cpus_req,
  queue: row.queue,
  user: row.user || String(row.id_user),
})
