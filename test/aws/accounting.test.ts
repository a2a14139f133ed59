// What the functions in the VPC are sent, and what their answers come to.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { accounting } from '../../aws/accounting.ts'
import { clusterName } from '../../core/names.ts'
import { codeOf } from '../wishes.ts'
import { named } from './fake-aws.ts'
import { payload } from './fake-functions.ts'

const lambda = mockClient(LambdaClient)
const calls = accounting({}, { uri: 'db:3306', functionName: 'change', usageFunctionName: 'read' })
const tenant = { virtualLab: 'lab', project: 'project' }
const of = { ...tenant, name: clusterName(tenant), deploymentId: '01k0abcdefghjkmnpqrstvwxyz' }
const access = {
  uri: 'db:3306',
  databaseName: 'hpc_a',
  userName: 'hpc_01k0',
  passwordSecretArn: 'arn:secret',
  firstJobId: 8,
}
const query = { ...tenant, from: '2026-07-01', to: '2026-07-31', limit: 50 }
const sent = () => {
  const [call] = lambda.commandCalls(InvokeCommand)
  const { FunctionName, Payload } = call?.args[0].input ?? {}
  return [FunctionName, JSON.parse(String(Payload))]
}

beforeEach(() => lambda.reset())

describe('a call', () => {
  it('to prepare says whose deployment it is, and nothing else', async () => {
    lambda.on(InvokeCommand).resolves(payload({ done: access }))
    expect(await calls.prepareAccounting({ ...of, keys: 'none of its business' } as typeof of)).toEqual(
      access,
    )
    expect(sent()).toEqual(['change', { do: 'prepare', ...of }])
  })

  it('to remove says which deployment', async () => {
    lambda.on(InvokeCommand).resolves(payload({ done: {} }))
    await calls.removeAccounting(of)
    expect(sent()).toEqual(['change', { do: 'remove', name: of.name, deploymentId: of.deploymentId }])
  })

  it('to read goes to the function that may only read', async () => {
    lambda.on(InvokeCommand).resolves(payload({ done: { items: [], cursor: 'hpc_a' } }))
    expect(await calls.readUsage(query)).toEqual({ items: [], cursor: 'hpc_a' })
    expect(sent()).toEqual(['read', query])
  })
})

describe('an answer', () => {
  it('that refuses is a refusal of the create, and a failure elsewhere', async () => {
    lambda.on(InvokeCommand).resolves(payload({ refused: 'the disk is full' }))
    expect(await calls.prepareAccounting(of)).toEqual({ refused: 'the disk is full' })
    await expect(calls.removeAccounting(of)).rejects.toThrow('the disk is full')
    await expect(calls.readUsage(query)).rejects.toThrow('the disk is full')
  })

  it.each([
    ['says that the database is out of reach', payload({ unavailable: 'no answer' })],
    [
      'is that the function ran out of time',
      { FunctionError: 'Unhandled', ...payload({ errorMessage: 'Task timed out after 25.00 seconds' }) },
    ],
  ])('that %s may be another one later', async (_, answer) => {
    lambda.on(InvokeCommand).resolves(answer)
    expect(await codeOf(calls.prepareAccounting(of))).toBe('Unavailable')
  })

  it('that Lambda itself does not give may come later, too', async () => {
    lambda.on(InvokeCommand).rejects(named('TooManyRequestsException'))
    expect(await codeOf(calls.readUsage(query))).toBe('Unavailable')
  })

  it('of a function that failed names it', async () => {
    lambda.on(InvokeCommand).resolves({ FunctionError: 'Unhandled', ...payload({ errorMessage: 'a bug' }) })
    await expect(calls.prepareAccounting(of)).rejects.toThrow(/change failed: .*a bug/)
  })

  it('that is none of ours is refused', async () => {
    lambda.on(InvokeCommand).resolves(payload({ done: { ...access, databaseName: 'a`b' } }))
    await expect(calls.prepareAccounting(of)).rejects.toThrow()
  })
})
