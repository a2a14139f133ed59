// The role under which ParallelCluster's own stack is deleted without its provider: it takes away what such a stack is
// made of, and makes nothing.
import { describe, expect, it } from 'vitest'
import { deploy, statementsOf } from './deployed.ts'
import { evaluate } from './iam.ts'

const example = deploy('example')
const { account } = example
const arn = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:${account}:${resource}`
const statements = statementsOf(example, 'RemovalRole')
const may = (action: string, resource: string, context: Record<string, string> = {}) =>
  evaluate(statements, { action, resource, context }) === 'allowed'
const name = 'hpc-my-project-0123456789abcde'
const ofACluster = { 'aws:ResourceTag/hpc-provisioner:cluster': name }
const role = `arn:aws:iam::${account}:role/parallelcluster/${name}/${name}-RoleHeadNode-ABC`

describe('the role that deletes', () => {
  it.each<[string, string, Record<string, string>?]>([
    ['ec2:TerminateInstances', arn('ec2', 'instance/i-1'), ofACluster],
    ['ec2:DeleteNetworkInterface', arn('ec2', 'network-interface/eni-1'), ofACluster],
    ['ec2:DeleteLaunchTemplate', arn('ec2', 'launch-template/lt-1')],
    ['fsx:DeleteFileSystem', arn('fsx', 'file-system/fs-1'), ofACluster],
    ['dynamodb:DeleteTable', arn('dynamodb', `table/parallelcluster-${name}`)],
    ['iam:DeleteRole', role],
    ['lambda:InvokeFunction', arn('lambda', 'function:pcluster-CleanupResources-0c5f1d2e')],
    ['cloudwatch:DeleteDashboards', `arn:aws:cloudwatch::${account}:dashboard/${name}-eu-west-1`],
    ['cloudformation:DeleteStack', arn('cloudformation', `stack/${name}-QueueGroup0/1`), ofACluster],
  ])('may %s on %s', (action, resource, context) => {
    expect(may(action, resource, context)).toBe(true)
  })

  it.each<[string, string, Record<string, string>?]>([
    ['ec2:TerminateInstances', arn('ec2', 'instance/i-of-someone-else')],
    ['fsx:DeleteFileSystem', arn('fsx', 'file-system/fs-of-someone-else')],
    ['dynamodb:DeleteTable', arn('dynamodb', 'table/parallelcluster-of-someone-else')],
    ['iam:DeleteRole', `arn:aws:iam::${account}:role/Administrator`],
    ['iam:DeleteRole', `arn:aws:iam::${account}:role/parallelcluster/of-someone-else`],
    ['lambda:InvokeFunction', arn('lambda', 'function:of-someone-else')],
    ['cloudformation:DeleteStack', arn('cloudformation', `stack/${name}/1`)],
    ['iam:PassRole', role],
    ['secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:hpc-provisioner/a')],
  ])('may not %s on %s', (action, resource, context) => {
    expect(may(action, resource, context)).toBe(false)
  })

  it('makes nothing', () => {
    const actions = statements.flatMap(({ Action }) => Action)
    expect(actions.filter((one) => /:(Create|Put|Run|Attach|Update|Add|Pass|\*)/.test(one))).toEqual([])
    expect(actions.length).toBeGreaterThan(20)
  })
})

describe('the reconcile function', () => {
  const deployed = statementsOf(example, 'Functions/ReconcileRole')
  const physical = (path: string) =>
    `arn:aws:iam::${account}:role/hpc-provisioner-example-service-${example.one('AWS::IAM::Role', path).id}-ABCDEFGHIJKL`
  const [removal, stacks] = [physical('RemovalRole'), physical('ClusterStackRole')]
  const reconcile = (action: string, resource: string, context: Record<string, string>) =>
    evaluate(deployed, { action, resource, context }) === 'allowed'
  const pcluster = arn('cloudformation', `stack/${name}/1`)
  const own = arn('cloudformation', `stack/${name}-01k0abcdefghjkmnpqrstvwxyz/1`)
  const under = (roleArn: string) => ({ 'cloudformation:RoleArn': roleArn })

  it("deletes ParallelCluster's stack of a cluster under that role", () => {
    expect(reconcile('cloudformation:DeleteStack', pcluster, { ...ofACluster, ...under(removal) })).toBe(true)
    const toCloudFormation = { 'iam:PassedToService': 'cloudformation.amazonaws.com' }
    expect(reconcile('iam:PassRole', removal, toCloudFormation)).toBe(true)
  })

  it.each([
    { what: "deletes a stack without a cluster's tag", context: under(removal) },
    { what: 'deletes it under no role', context: ofACluster },
    { what: 'deletes it under another role', context: { ...ofACluster, ...under(stacks) } },
  ])('never $what', ({ context }) => {
    expect(reconcile('cloudformation:DeleteStack', pcluster, context)).toBe(false)
  })

  it.each(['cloudformation:CreateStack', 'cloudformation:UpdateStack'])(
    'may %s under the role of the stacks only',
    (action) => {
      expect(reconcile(action, own, under(stacks))).toBe(true)
      expect(reconcile(action, own, under(removal))).toBe(false)
      expect(reconcile(action, own, {})).toBe(false)
    },
  )
})
