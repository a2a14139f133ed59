// The real cloud. What a call needs is loaded with the first one: a GET pays for DynamoDB's client and the reading of records only.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { ulid } from 'ulid'
import type { Cloud } from '../core/cloud.ts'
import type { Site } from '../core/site.ts'
import { records, type Tables } from './records.ts'

export type AwsCloudConfig = {
  tables: Tables
  queueUrl: string
  busName: string
  secretsKey?: string | undefined
  /** What nodes read which keys to trust from. */
  nodeKeysBucket: string
  /** The functions that reach the accounting database, where the site has one. */
  accounting?: Site['accounting']
}

// A call that hangs must fail while the function still has time to say so.
const config = { maxAttempts: 3, requestHandler: { connectionTimeout: 2000, requestTimeout: 8000 } }

// A report is read while the API's caller waits; API Gateway's own limit is 29 seconds.
const patient = { maxAttempts: 1, requestHandler: { connectionTimeout: 2000, requestTimeout: 26_000 } }

export function awsCloud(options: AwsCloudConfig): Cloud {
  const { tables, queueUrl, busName, secretsKey, nodeKeysBucket, accounting: site } = options
  const now = () => new Date()
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(config), {
    marshallOptions: { removeUndefinedValues: true },
  })
  const commits = once(async () => (await import('./commit.ts')).commits(client, tables, now))
  const counts = once(async () => (await import('./counts.ts')).counts(client, tables))
  const operations = once(async () => (await import('./operations.ts')).operations(client, tables.operations))
  const audit = once(async () => (await import('./audit.ts')).audit(client, tables.audit))
  const secrets = once(async () => (await import('./secrets.ts')).secrets(config, secretsKey))
  const ec2 = once(async () => (await import('./ec2.ts')).ec2(config))
  const stacks = once(async () => (await import('./stacks.ts')).stacks(config))
  const remaining = once(async () => (await import('./remaining.ts')).remaining(config))
  const fleet = once(async () => (await import('./fleet.ts')).fleet(client, now))
  const fsx = once(async () => (await import('./fsx.ts')).fsx(config))
  const jobLog = once(async () => (await import('./job-log.ts')).jobLog(config))
  const queue = once(async () => (await import('./queue.ts')).queue(config, queueUrl))
  const bus = once(async () => (await import('./event-bus.ts')).eventBus(config, busName))
  const keys = once(async () => (await import('./node-keys.ts')).nodeKeys(config, nodeKeysBucket))
  const accounting = once(async () => {
    if (!site) throw new Error('This site has no accounting database.')
    return (await import('./accounting.ts')).accounting(patient, site)
  })
  return {
    now,
    newDeploymentId: () => ulid().toLowerCase(),
    newSeed: () => crypto.getRandomValues(new Uint8Array(32)),
    ...records(client, tables),
    commit: async (...args) => (await commits()).commit(...args),
    countSlots: async () => (await counts()).countSlots(),
    countClusters: async (...args) => (await counts()).countClusters(...args),
    getQueue: async () => (await operations()).getQueue(),
    addAudit: async (...args) => (await audit()).addAudit(...args),
    listAudit: async (...args) => (await audit()).listAudit(...args),
    wake: async (...args) => (await queue()).wake(...args),
    publish: async (...args) => (await bus()).publish(...args),
    createSecret: async (...args) => (await secrets()).createSecret(...args),
    deleteSecret: async (...args) => (await secrets()).deleteSecret(...args),
    importKeyPair: async (...args) => (await ec2()).importKeyPair(...args),
    deleteKeyPair: async (...args) => (await ec2()).deleteKeyPair(...args),
    putTrustedKeys: async (...args) => (await keys()).putTrustedKeys(...args),
    getTrustedState: async (...args) => (await keys()).getTrustedState(...args),
    deleteTrustedKeys: async (...args) => (await keys()).deleteTrustedKeys(...args),
    getKeyPair: async (...args) => (await ec2()).getKeyPair(...args),
    getSecretState: async (...args) => (await secrets()).getSecretState(...args),
    listRemaining: async (...args) => (await remaining()).listRemaining(...args),
    listHeld: async (...args) => (await stacks()).listHeld(...args),
    getLustre: async (...args) => (await stacks()).getLustre(...args),
    stopFleet: async (...args) => (await fleet()).stopFleet(...args),
    startDataTask: async (...args) => (await fsx()).startDataTask(...args),
    getDataTask: async (...args) => (await fsx()).getDataTask(...args),
    cancelDataTask: async (...args) => (await fsx()).cancelDataTask(...args),
    getActivity: async (...args) => (await jobLog()).getActivity(...args),
    zonesOffering: async (...args) => (await ec2()).zonesOffering(...args),
    getStack: async (...args) => (await stacks()).getStack(...args),
    getTemplate: async (...args) => (await stacks()).getTemplate(...args),
    createStack: async (...args) => (await stacks()).createStack(...args),
    updateStack: async (...args) => (await stacks()).updateStack(...args),
    deleteStack: async (...args) => (await stacks()).deleteStack(...args),
    prepareAccounting: async (...args) => (await accounting()).prepareAccounting(...args),
    removeAccounting: async (...args) => (await accounting()).removeAccounting(...args),
    readUsage: async (...args) => (await accounting()).readUsage(...args),
    getStackFailure: async (...args) => (await stacks()).getStackFailure(...args),
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
