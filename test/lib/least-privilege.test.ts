// No function may do what its code does not call, and each may do what its code calls.
import { describe, expect, it } from 'vitest'
import { actionsCalledBy } from './called.ts'
import { deploy, statementsOf } from './deployed.ts'

const example = deploy('example')

/** The code of each function of ours. */
const entries: Record<string, string> = {
  'Functions/Api': 'lambdas/api.ts',
  'Functions/Reconcile': 'lambdas/reconcile.ts',
  'Functions/Sweep': 'lambdas/sweep.ts',
  'Functions/Notify': 'lambdas/notify.ts',
  'Functions/Measure': 'lambdas/measure.ts',
}
/** Those that call AWS by other ways than the cloud, and the tests that hold them to their calls. */
const elsewhere = {
  'Functions/Preflight': 'roles.test.ts',
  'Functions/Orphans': 'orphans.test.ts',
  'Functions/Accounting': 'accounting.test.ts',
  'Functions/Usage': 'accounting.test.ts',
  'IdentityKeys/Fetch': 'identity-keys.test.ts',
}

const own = ['logs:CreateLogStream', 'logs:PutLogEvents']
/** What Lambda does in the function's name, and no code of ours. */
const done: Record<string, string[]> = {
  'Functions/Reconcile': [
    ...own,
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:ChangeMessageVisibility',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    // The event source's, with CDK's own grant; no other service brings a function anything encrypted.
    'kms:Decrypt',
  ],
  'Functions/Notify': [
    ...own,
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
    'sqs:SendMessage',
  ],
}
// Only by way of the service that keeps the data: encryption.test.ts.
const byService = /^kms:(Decrypt|Encrypt|GenerateDataKey|ReEncryptFrom|ReEncryptTo|DescribeKey)$/

it('every function of an environment has its code named here', () => {
  expect(
    example
      .all('AWS::Lambda::Function')
      .map(({ path }) => path)
      .sort(),
  ).toEqual(Object.keys({ ...entries, ...elsewhere }).sort())
})

describe.each(Object.entries(entries))('%s', (path, entry) => {
  const statements = statementsOf(example, `${path}Role`)
  const granted = [...new Set(statements.flatMap(({ Action }) => Action))]

  it('may do nothing that its code does not call', async () => {
    const { mayNeed } = await actionsCalledBy(entry)
    const others = granted
      .filter((action) => !(done[path] ?? own).includes(action))
      .filter((action) => !mayNeed.includes(action))
      .filter((action) => !byService.test(action))
    expect(others).toEqual([])
  })

  it('may do what its code calls', async () => {
    const { sends } = await actionsCalledBy(entry)
    expect(sends.length).toBeGreaterThan(0)
    expect(sends.filter((action) => !granted.includes(action))).toEqual([])
  })

  it('uses the key by way of a service only', () => {
    const direct = statements.filter(
      ({ Action, Condition }) =>
        [Action].flat().some((action) => byService.test(action)) &&
        !Condition?.StringEquals?.['kms:ViaService'],
    )
    expect(direct.flatMap(({ Action }) => Action)).toEqual(
      path === 'Functions/Reconcile' ? ['kms:Decrypt'] : [],
    )
  })
})

it('what the code calls is told from what it holds', async () => {
  const { sends } = await actionsCalledBy('lambdas/sweep.ts')
  expect(sends).toEqual(['dynamodb:Query', 'sqs:SendMessage'])
})
