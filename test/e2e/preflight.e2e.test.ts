// Preflight on the deployed local environment: fit as it is, and unfit once somebody opens a way out.
import {
  CreateRouteCommand,
  DeleteRouteCommand,
  DescribeRouteTablesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2'
import { expect, test } from 'vitest'
import { client, outputs } from './caller.ts'

const { endpointUrl, region } = outputs
const account = new EC2Client({
  endpoint: endpointUrl,
  region,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
})

test('the local environment is fit for clusters', async () => {
  const report = await client.call('getPreflight', {})
  expect(report).toMatchObject({ site: 'local', passed: true, findings: [] })
  expect(report.checks).toContain('endpoints')
})

test('a default route that somebody made is found', async () => {
  const { RouteTables = [] } = await account.send(
    new DescribeRouteTablesCommand({ Filters: [{ Name: 'tag:Name', Values: ['*/clusters'] }] }),
  )
  const RouteTableId = RouteTables[0]?.RouteTableId
  const out = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0' }
  await account.send(new CreateRouteCommand({ ...out, GatewayId: 'igw-0123456789abcdef0' }))
  try {
    const { passed, findings } = await client.call('getPreflight', {})
    expect(passed).toBe(false)
    expect(findings).toEqual([expect.objectContaining({ level: 'ERROR', code: 'RouteOut' })])
  } finally {
    await account.send(new DeleteRouteCommand(out))
  }
  expect((await client.call('getPreflight', {})).passed).toBe(true)
})
