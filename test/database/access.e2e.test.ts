// The statements themselves, on a MariaDB of their own whose administrator may as little as RDS's: made twice, made
// half, removed twice, and what a login sees.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Connection, RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clusterName, databaseName, databaseUser } from '../../core/names.ts'
import { prepareAccess, removeAccess } from '../../database/access.ts'
import { type Login, withConnection } from '../../database/connect.ts'
import { Refused } from '../../database/errors.ts'
import { readUsage } from '../../database/read-usage.ts'
import { checkMachine } from '../../local/machine.ts'
import { type MariaDb, startMariaDb } from '../../local/mariadb.ts'
import { codeOf } from '../wishes.ts'

const reader = { user: 'hpc_reports', password: 'reading' }
const deployment = (project: string, deploymentId: string) => {
  const tenant = { virtualLab: 'lab', project }
  return { ...tenant, name: clusterName(tenant), deploymentId: deploymentId.padEnd(26, '0') }
}
const one = deployment('one', '01a')
const two = deployment('two', '01b')

describe.skipIf(checkMachine().missing.programs.includes('mariadbd'))('the accounting database', () => {
  let folder = ''
  let server: MariaDb
  const as = <T>({ user, password }: Login, work: (connection: Connection) => Promise<T>): Promise<T> => {
    const [host = '', port] = server.uri.split(':')
    return withConnection({ host, port: Number(port), tls: false }, { user, password }, work)
  }
  const admin = () => ({ user: server.admin.username, password: server.admin.password })
  const prepare = (of: typeof one, password = 'secret') =>
    as(admin(), (connection) => prepareAccess(connection, of, { password, reader }))
  const own = <T>(of: typeof one, work: (connection: Connection) => Promise<T>) =>
    as({ user: databaseUser(of), password: 'secret' }, work)
  const jobs = ({ name }: typeof one) => `\`${databaseName(name)}\`.\`${name}_job_table\``
  /** As slurmdbd makes it, in the columns that are read. */
  const jobTable = (of: typeof one, rows: [id: number, start: number, end: number][]) =>
    own(of, async (connection) => {
      for (const table of ['job', 'step'])
        await connection.query(
          `CREATE TABLE IF NOT EXISTS \`${databaseName(of.name)}\`.\`${of.name}_${table}_table\` (id_job INT,
           id_assoc INT DEFAULT 0, id_user INT DEFAULT 5000, state INT DEFAULT 1, nodes_alloc INT DEFAULT 2,
           cpus_req INT DEFAULT 1, tres_alloc TEXT DEFAULT '1=4', \`partition\` TEXT DEFAULT 'debug',
           time_start BIGINT, time_end BIGINT)`,
        )
      await connection.query(
        `CREATE TABLE IF NOT EXISTS \`${databaseName(of.name)}\`.\`${of.name}_assoc_table\` (id_assoc INT, user TEXT)`,
      )
      for (const row of rows)
        await connection.query(`INSERT INTO ${jobs(of)} (id_job, time_start, time_end) VALUES (?)`, [row])
    })

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hpc-mariadb-'))
    mkdirSync(join(folder, 'log'))
    server = await startMariaDb(folder, '127.0.0.1')
  })
  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('makes an access once, however often, and whatever was there of it before', async () => {
    const made = { databaseName: databaseName(one.name), userName: databaseUser(one), firstJobId: 1 }
    // A call that died after the login was made, with a password that nobody has.
    await as(admin(), (connection) =>
      connection.query("CREATE USER ?@'%' IDENTIFIED BY 'lost'", [databaseUser(one)]),
    )
    for (let times = 0; times < 2; times++) expect(await prepare(one)).toEqual(made)
    expect(await Promise.all([prepare(two), prepare(two)])).toHaveLength(2)
    await own(one, (connection) => connection.query('SELECT 1'))
  })

  it('lets a login see its own database and no other, not even one whose name differs in an underscore', async () => {
    const similar = databaseName(one.name).replace('_', 'x')
    await as(admin(), (connection) => connection.query(`CREATE DATABASE ${similar}`))
    const [seen] = await own(one, (connection) => connection.query<RowDataPacket[]>('SHOW DATABASES'))
    expect(seen.map(({ Database }) => Database).sort()).toEqual([
      databaseName(one.name),
      'information_schema',
    ])
    const foreign = own(one, (connection) => connection.query(`CREATE TABLE ${similar}.mine (a INT)`))
    await expect(foreign).rejects.toBeInstanceOf(Refused)
  })

  it('answers a first job id above all that were, and ends the jobs that a cluster took with it', async () => {
    const now = new Date('2026-11-22T12:00:00Z')
    const second = now.getTime() / 1000
    await jobTable(one, [
      [7, second - 7200, second - 3600],
      [8, second - 1800, 0],
      [9, 0, 0],
    ])
    for (let times = 0; times < 2; times++)
      await as(admin(), (connection) => removeAccess(connection, one, now))
    await expect(own(one, (connection) => connection.query('SELECT 1'))).rejects.toBeInstanceOf(Refused)
    const next = { ...one, deploymentId: '01c'.padEnd(26, '0') }
    expect(await prepare(next)).toMatchObject({ firstJobId: 10 })
    const [rows] = await own(next, (connection) =>
      connection.query<RowDataPacket[]>(`SELECT id_job, state, time_end FROM ${jobs(next)} ORDER BY id_job`),
    )
    expect(rows.map(Object.values)).toEqual([
      [7, 1, second - 3600],
      [8, 7, second],
      [9, 4, second],
    ])
  })

  it('is read by the reader: a page of projects at a time, and nothing is changed', async () => {
    const day = { from: '2026-11-22', to: '2026-11-22' }
    const at = Date.parse('2026-11-22T10:00:00Z') / 1000
    await jobTable(two, [[1, at, at + 3600]])
    const now = new Date('2026-11-23T00:00:00Z')
    const page = (cursor?: string) =>
      as(reader, (connection) => readUsage(connection, { ...day, limit: 1, cursor }, now))
    const first = await page()
    const second = await page(first.cursor)
    expect(second.cursor).toBeUndefined()
    const hours = [...first.items, ...second.items].map(({ project, jobs, nodeHours, coreHours }) => [
      project,
      [jobs, nodeHours, coreHours],
    ])
    expect(Object.fromEntries(hours)).toEqual({ one: [2, 3, 6], two: [1, 2, 4] })
    for (const statement of [`DELETE FROM ${jobs(two)}`, 'CREATE DATABASE mine', 'DROP USER admin'])
      await expect(as(reader, (connection) => connection.query(statement))).rejects.toBeInstanceOf(Refused)
  })

  it('out of reach is unavailable, and a wrong password is a refusal', async () => {
    const nowhere = withConnection({ host: '127.0.0.1', port: 1, tls: false }, reader, async () => {})
    expect(await codeOf(nowhere)).toBe('Unavailable')
    await expect(as({ ...reader, password: 'wrong' }, async () => {})).rejects.toBeInstanceOf(Refused)
  })

  it('takes no name that could be more than a name', async () => {
    const evil = { ...one, name: 'hpc-a`.b; DROP DATABASE mysql; --' }
    await expect(prepare(evil)).rejects.toThrow('no name of ours')
  })
})
