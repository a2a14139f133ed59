// A deployment's access to its project's database. All of it may happen twice, half or at the same time as another.
import type { Connection, RowDataPacket } from 'mysql2/promise'
import { type Accounting, firstJobId } from '../core/accounting/accounting.ts'
import { type Deployment, databaseName, databaseUser, type Tenant } from '../core/names.ts'
import { grantedDatabase, identifier, type Login } from './connect.ts'
import { isMissingTable } from './errors.ts'

/** Which database is whose: names are derived one way only, and reports are asked by project. */
export const registry = '`hpc_provisioner`.`projects`'

// What slurmdbd does with its tables and routines. Named one by one, because RDS's administrator lacks some of ALL.
const slurmRights = [
  'SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, INDEX, ALTER, REFERENCES, CREATE TEMPORARY TABLES, LOCK TABLES',
  'EXECUTE, CREATE ROUTINE, ALTER ROUTINE, CREATE VIEW, SHOW VIEW, TRIGGER',
].join(', ')

export type Prepared = Pick<Accounting, 'databaseName' | 'userName' | 'firstJobId'>

/** Makes what is missing of the database, the deployment's login with this password, and the reader's. */
export async function prepareAccess(
  connection: Connection,
  of: Tenant & Deployment,
  { password, reader }: { password: string; reader: Login },
): Promise<Prepared> {
  const [database, user] = [databaseName(of.name), databaseUser(of)]
  const run = (sql: string, values: string[] = []) => connection.query(sql, values)
  await run('CREATE DATABASE IF NOT EXISTS `hpc_provisioner` CHARACTER SET utf8mb4')
  await run(
    `CREATE TABLE IF NOT EXISTS ${registry} (
      database_name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,
      cluster_name VARCHAR(64) NOT NULL, virtual_lab VARCHAR(64) NOT NULL, project VARCHAR(64) NOT NULL)`,
  )
  await run(`INSERT IGNORE INTO ${registry} VALUES (?, ?, ?, ?)`, [
    database,
    of.name,
    of.virtualLab,
    of.project,
  ])
  await run(`CREATE DATABASE IF NOT EXISTS ${identifier(database)} CHARACTER SET utf8mb4`)
  await login(connection, { user, password })
  await run(`GRANT ${slurmRights} ON ${grantedDatabase(database)}.* TO ?@'%'`, [user])
  await login(connection, reader)
  await run(`GRANT SELECT ON ${registry} TO ?@'%'`, [reader.user])
  await run(`GRANT SELECT ON ${grantedDatabase(database)}.* TO ?@'%'`, [reader.user])
  return {
    databaseName: database,
    userName: user,
    firstJobId: firstJobId(await highestJobId(connection, database, of.name)),
  }
}

/** A login that has this password, whether it was there or not. */
async function login(connection: Connection, { user, password }: Login): Promise<void> {
  await connection.query("CREATE USER IF NOT EXISTS ?@'%' IDENTIFIED BY ?", [user, password])
  await connection.query("ALTER USER ?@'%' IDENTIFIED BY ?", [user, password])
}

async function highestJobId(connection: Connection, database: string, cluster: string): Promise<number> {
  try {
    const [[row]] = await connection.query<(RowDataPacket & { highest: number | null })[]>(
      `SELECT MAX(id_job) AS highest FROM ${identifier(database)}.${identifier(`${cluster}_job_table`)}`,
    )
    return row?.highest ?? 0
  } catch (error) {
    // slurmdbd makes the tables; no cluster of the project came so far.
    if (isMissingTable(error)) return 0
    throw error
  }
}

// Slurm's JobState, slurm.h: the numbers that slurmdbd stores.
const cancelled = 4
const nodeFail = 7

/**
 * Removes the deployment's login and ends the jobs that its cluster took with it: slurmdbd would leave them running
 * until the project's next cluster comes, and count all the time in between.
 */
export async function removeAccess(connection: Connection, of: Deployment, now: Date): Promise<void> {
  const database = identifier(databaseName(of.name))
  const second = Math.floor(now.getTime() / 1000)
  await connection.query("DROP USER IF EXISTS ?@'%'", [databaseUser(of)])
  for (const table of ['job', 'step'])
    await connection
      .query(
        `UPDATE ${database}.${identifier(`${of.name}_${table}_table`)}
         SET state = IF(time_start = 0, ?, ?), time_end = GREATEST(time_start, ?) WHERE time_end = 0`,
        [cancelled, nodeFail, second],
      )
      .catch((error) => {
        if (!isMissingTable(error)) throw error
      })
}
