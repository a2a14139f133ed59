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
