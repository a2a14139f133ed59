// What holds for the role of each function.
import { describe, expect, it } from 'vitest'
import { statementsOf } from './deployed.ts'
import { arn, example, functionRole, physical } from './example-roles.ts'

const { all, one } = example
const trustedBy = (role: string): string => {
  const others = {
    ClusterStackRole: 'cloudformation',
    RemovalRole: 'cloudformation',
    FlowLogsRole: 'vpc-flow-logs',
    ApiRestCloudWatchRole: 'apigateway',
  }
  const [, service] = Object.entries(others).find(([name]) => role.startsWith(name)) ?? ['', 'lambda']
  return `${service}.amazonaws.com`
}

const functionIds = ['Api', 'Reconcile', 'Sweep', 'Notify', 'Measure', 'Preflight', 'Orphans']

describe('every function', () => {
  it.each(functionIds)('%s has a role of its own, and writes into its own log group only', (id) => {
    const role = one('AWS::Lambda::Function', `Functions/${id}`).Properties.Role
    expect(role).toContain(one('AWS::IAM::Role', `Functions/${id}Role`).id)
    for (const other of functionIds) {
      const group = `${arn('logs', `log-group:${physical('AWS::Logs::LogGroup', `Functions/${other}Log`)}`)}:*`
      expect([other, functionRole(id)('logs:PutLogEvents', group)]).toEqual([other, other === id])
    }
  })

  it.each(functionIds)('%s may not just do everything of a service', (id) => {
    const actions = statementsOf(example, `Functions/${id}Role`).flatMap(({ Action }) => Action)
    expect(actions.filter((action) => action.includes('*'))).toEqual([])
  })

  it('is the only kind of principal that their roles trust, but for CloudFormation and the writer of the access log', () => {
    for (const { id, Properties } of all('AWS::IAM::Role')) {
      const trusted = Properties.AssumeRolePolicyDocument.Statement.map(
        ({ Principal }: { Principal: { Service: string } }) => Principal.Service,
      )
      expect([id, trusted]).toEqual([id, [trustedBy(id)]])
    }
  })
})
