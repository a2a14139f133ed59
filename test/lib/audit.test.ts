// The audit trail outlives everything that it tells of, and nobody of ours can change it.
import { describe, expect, it } from 'vitest'
import { deploy, statementsOf } from './deployed.ts'
import { evaluate } from './iam.ts'

const example = deploy('example')
const { all, one, account } = example
const { id } = one('AWS::DynamoDB::GlobalTable', 'Tables/Audit')
const table = `arn:aws:dynamodb:eu-west-1:${account}:table/hpc-provisioner-example-service-${id}-ABCDEFGHIJKL`
const roles = all('AWS::IAM::Role').filter(({ path }) => /^(Functions|IdentityKeys)\/\w+Role$/.test(path))
const may = (path: string, action: string) =>
  evaluate(statementsOf(example, path), { action, resource: table }) === 'allowed'

describe('the audit trail', () => {
  const changing = [
    'UpdateItem',
    'DeleteItem',
    'BatchWriteItem',
    'PartiQLUpdate',
    'PartiQLDelete',
    'DeleteTable',
  ]

  it.each(roles.map(({ path }) => path))('cannot be changed by %s', (path) => {
    for (const action of changing) expect([action, may(path, `dynamodb:${action}`)]).toEqual([action, false])
  })

  it('is read by the API alone, and written by what answers requests', () => {
    const who = (action: string) => roles.map(({ path }) => path).filter((path) => may(path, action))
    expect(who('dynamodb:PutItem')).toEqual(['Functions/ApiRole', 'Functions/OrphansRole'])
    expect(who('dynamodb:Query')).toEqual(['Functions/ApiRole'])
    expect(who('dynamodb:Scan')).toEqual([])
  })

  it('stays when the service is taken down, where data are kept', () => {
    expect(one('AWS::DynamoDB::GlobalTable', 'Tables/Audit')).toMatchObject({ DeletionPolicy: 'Retain' })
  })
})
