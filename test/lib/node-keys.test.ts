// Which keys nodes trust: one function says it, and it reads of the log groups only what head nodes confirm.
import { describe, expect, it } from 'vitest'
import { jobLogGroupName } from '../../core/names.ts'
import { trustedKeysObject } from '../../core/rotation.ts'
import { deploy, statementsOf } from './deployed.ts'
import { evaluate, type Statement } from './iam.ts'

const example = deploy('example')
const { one, all, account } = example
const { id } = one('AWS::S3::Bucket', 'NodeKeys')
const policy = all('AWS::S3::BucketPolicy').find(({ id: its }) => its.startsWith('NodeKeysPolicy'))
const statements = policy?.Properties.PolicyDocument.Statement as Statement[]
const denial = statements.find(({ Action }) => Action === 's3:PutObject') as Statement
const bucket = String(denial.Resource).replace(/\/\*$/, '')
const of = { name: 'hpc-a-0123456789abcde', deploymentId: '01k0abcdefghjkmnpqrstvwxyz' }
const object = `${bucket}/${trustedKeysObject(of)}`
const stream = (name: string) =>
  `arn:aws:logs:eu-west-1:${account}:log-group:${jobLogGroupName(of)}:log-stream:${name}`
const roles = ['Api', 'Reconcile', 'Sweep', 'Notify', 'Measure', 'Preflight'].map(
  (name) => `Functions/${name}Role`,
)
const may = (path: string, action: string, resource: string) =>
  evaluate(statementsOf(example, path), { action, resource }) === 'allowed'

describe('what nodes trust', () => {
  it('is written by the reconciler alone, which reads none of it', () => {
    for (const action of ['s3:PutObject', 's3:DeleteObject'])
      expect(roles.filter((role) => may(role, action, object))).toEqual(['Functions/ReconcileRole'])
    expect(roles.filter((role) => may(role, 's3:GetObject', object))).toEqual([])
  })

  it('is not written by an administrator of the account', () => {
    const write = (principal: string) =>
      evaluate([denial], {
        action: 's3:PutObject',
        resource: object,
        context: { 'aws:PrincipalArn': principal },
      })
    const writer = denial.Condition?.ArnNotLike?.['aws:PrincipalArn']?.[0] ?? ''
    expect(writer).toContain('ReconcileRole')
    expect(write(writer)).toBe('silent')
    expect(write(`arn:aws:iam::${account}:role/Administrator`)).toBe('denied')
    expect(write(`arn:aws:iam::${account}:root`)).toBe('denied')
  })

  it('is kept private, in versions, so that who could log in is known afterwards', () => {
    expect(one('AWS::S3::Bucket', 'NodeKeys')).toMatchObject({
      id,
      DeletionPolicy: 'Retain',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: { BlockPublicPolicy: true, RestrictPublicBuckets: true },
      },
    })
  })

  it('is confirmed in a stream of its own: no function reads what jobs printed', () => {
    expect(roles.filter((role) => may(role, 'logs:GetLogEvents', stream('keys')))).toEqual([
      'Functions/ReconcileRole',
    ])
    expect(roles.filter((role) => may(role, 'logs:GetLogEvents', stream('jobs')))).toEqual([])
  })
})
