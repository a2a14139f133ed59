// A second opinion on what DynamoDB takes: moto has the tables as the template has them, and the real code writes and reads.
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audit } from '../../aws/audit.ts'
import { commits } from '../../aws/commit.ts'
import { operations } from '../../aws/operations.ts'
import { records } from '../../aws/records.ts'
import { tableNames } from '../../aws/tables.ts'
import { anEntry } from '../cloud-contract/audit.ts'
import { aCluster } from '../core/samples.ts'
import { deploy } from '../lib/deployed.ts'
import { type Moto, motoServer, startMoto } from './moto.ts'

const { one, environment } = deploy('example')
const tables = Object.fromEntries(tableNames.map((name) => [name, name])) as Record<
  (typeof tableNames)[number],
  string
>

describe.skipIf(!motoServer)('the tables, as DynamoDB has them', () => {
  let moto: Moto
  let client: DynamoDBDocumentClient
  const made = () => ({
    ...records(client, tables),
    ...commits(client, tables, () => new Date('2026-08-01T00:00:00Z')),
    ...audit(client, tables.audit),
    ...operations(client, tables.operations),
  })

  beforeAll(async () => {
    moto = await startMoto(environment.region)
    client = DynamoDBDocumentClient.from(new DynamoDBClient(moto.config), {
      marshallOptions: { removeUndefinedValues: true },
    })
    for (const TableName of tableNames) {
      const id = `Tables/${TableName[0]?.toUpperCase()}${TableName.slice(1)}`
      const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode } = one(
        'AWS::DynamoDB::GlobalTable',
        id,
      ).Properties
      const table = { TableName, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode }
      await client.send(new CreateTableCommand(table))
    }
  }, 60_000)
  afterAll(() => moto?.stop())

  it('an entry of no cluster is written, and read as it was', async () => {
    const { addAudit, listAudit } = made()
    const entry = anEntry('2026-08-01T10:00:00.000Z', { cluster: null, status: 400, code: 'InvalidRequest' })
    await addAudit(entry)
    await addAudit(entry)
    const times = { from: '2026-08-01', to: '2026-08-01~', limit: 9 }
    for (const query of [{}, { principal: entry.principal }])
      expect((await listAudit({ ...times, ...query })).items).toEqual([entry])
    expect((await listAudit({ ...times, cluster: 'hpc-a' })).items).toEqual([])
  })

  it.each([null, ''])('a cluster that is %j is refused', async (cluster) => {
    const Item = { ...anEntry('2026-08-01T11:00:00.000Z'), cluster }
    await expect(client.send(new PutCommand({ TableName: 'audit', Item }))).rejects.toThrow('cluster')
  })

  it('a record is written with its slot, its event and its entry, and is in the indexes', async () => {
    const { commit, getCluster, listClusters, listDue, listEvents, listAudit } = made()
    const after = aCluster({ version: 0, slot: 3, dueAt: '2026-08-01T00:00:00.000Z' })
    const { name, virtualLab } = after
    const audit = anEntry('2026-08-02T10:00:00.000Z', { cluster: name })
    await commit({ before: undefined, after, events: [{ type: 'Wish', message: 'asked for' }], audit })
    expect((await listDue(new Date('2026-08-02'), 9)).map((due) => due.name)).toEqual([name])
    const before = await getCluster(name)
    // Nothing is due of it any more: what an index goes by is not there.
    const { dueAt: _, ...settled } = before ?? after
    await commit({ before, after: { ...settled, status: 'CREATE_COMPLETE' }, events: [] })
    expect(await listDue(new Date('2026-08-02'), 9)).toEqual([])
    for (const query of [{ virtualLab }, { status: 'CREATE_COMPLETE' }, {}])
      expect((await listClusters({ limit: 9, ...query })).items).toMatchObject([{ name, version: 2 }])
    expect((await listEvents({ name, limit: 9 })).items).toHaveLength(1)
    expect((await listAudit({ from: '2026', to: '2027', limit: 9, cluster: name })).items).toEqual([audit])
  })
})
