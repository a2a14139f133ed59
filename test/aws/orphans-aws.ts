// AWS as the sweeper sees it: every client is a mock, reset before each test.
import * as cfn from '@aws-sdk/client-cloudformation'
import * as ec2 from '@aws-sdk/client-ec2'
import * as efs from '@aws-sdk/client-efs'
import * as fsx from '@aws-sdk/client-fsx'
import * as iam from '@aws-sdk/client-iam'
import * as s3 from '@aws-sdk/client-s3'
import * as secretsManager from '@aws-sdk/client-secrets-manager'
import * as dynamodb from '@aws-sdk/lib-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach } from 'vitest'
import { leftovers } from '../../aws/leftovers.ts'
import { pastOf } from '../core/orphans/leftovers.ts'
import { aSite } from '../core/samples.ts'
import { makeWorld } from '../world.ts'

export const compute = mockClient(ec2.EC2Client)
export const formation = mockClient(cfn.CloudFormationClient)
export const homes = mockClient(efs.EFSClient)
export const lustre = mockClient(fsx.FSxClient)
export const policies = mockClient(iam.IAMClient)
export const objects = mockClient(s3.S3Client)
export const secrets = mockClient(secretsManager.SecretsManagerClient)
export const tables = mockClient(dynamodb.DynamoDBDocumentClient)
export const all = [compute, formation, homes, lustre, objects, policies, secrets, tables]
beforeEach(() => {
  for (const mock of all) mock.reset()
})

export const tableNames = {
  clusters: 'clusters',
  slots: 'slots',
  events: 'events',
  audit: 'audit',
  operations: 'operations',
}
export const of = pastOf('past', Date.parse('2026-08-01T00:00:00Z'))
export const Tags = [{ Key: 'a', Value: 'b' }]
export const tags = { a: 'b' }
export const tagged = { Name: 'tag-key', Values: ['hpc-provisioner:deployment'] }
export const site = aSite()
export const inVpc = [{ Name: 'vpc-id', Values: [site.network.vpcId] }, tagged]
export const idle = { Name: 'status', Values: ['available'] }
export const { find, remove } = leftovers({
  cloud: makeWorld().context.cloud,
  site,
  tables: tableNames,
  kinds: [],
})
