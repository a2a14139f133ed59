// The identity provider's keys: one function writes one object, and an hour without success is noticed.
import { describe, expect, it } from 'vitest'
import { deploy, siteOf, statementsOf } from './deployed.ts'
import { evaluate, type Statement } from './iam.ts'

const example = deploy('example')
const { one, all, account } = example
const fetcher = one('AWS::Lambda::Function', 'IdentityKeys/Fetch').Properties
const bucketName: string = fetcher.Environment.Variables.JWKS_BUCKET
const bucket = `arn:aws:s3:::${bucketName}`
const object = `${bucket}/jwks.json`
const otherBuckets = all('AWS::S3::Bucket').filter(({ path }) => !path.startsWith('IdentityKeys'))
const site = siteOf(example, 'Functions/Reconcile')

describe('the function that fetches the keys', () => {
  const may = (action: string, resource: string) =>
    evaluate(statementsOf(example, 'IdentityKeys/FetchRole'), { action, resource }) === 'allowed'

  it('may read and write that one object, and nothing else in S3', () => {
    expect(may('s3:PutObject', object)).toBe(true)
    expect(may('s3:GetObject', object)).toBe(true)
    expect(may('s3:ListBucket', bucket)).toBe(true) // else S3 does not tell that the object is not there
    for (const action of ['s3:DeleteObject', 's3:PutObjectAcl', 's3:GetObjectVersion'])
      expect([action, may(action, object)]).toEqual([action, false])
    for (const action of ['s3:PutBucketPolicy', 's3:DeleteBucket'])
      expect([action, may(action, bucket)]).toEqual([action, false])
    expect(may('s3:PutObject', `${bucket}/other.json`)).toBe(false)
    expect(otherBuckets.length).toBeGreaterThanOrEqual(2)
    for (const { path } of otherBuckets)
      for (const action of ['s3:GetObject', 's3:PutObject', 's3:ListBucket'])
        expect(may(action, `arn:aws:s3:::${path}/jwks.json`)).toBe(false)
  })

  it('may do no more than that and write its log', () => {
    const actions = statementsOf(example, 'IdentityKeys/FetchRole').flatMap(({ Action }) => Action)
    expect(actions.sort()).toEqual([
      ...['logs:CreateLogStream', 'logs:PutLogEvents'],
      ...['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
    ])
  })

  it('is in no VPC, so that it has a way out, and knows where to look', () => {
    expect(fetcher.VpcConfig).toBeUndefined()
    expect(fetcher.Environment.Variables).toEqual({
      JWKS_URL: example.environment.identity?.jwksUrl,
      JWKS_BUCKET: bucketName,
      JWKS_KEY: 'jwks.json',
    })
  })

  it('looks once it is deployed, so that the first cluster need not wait', () => {
    const { EventPattern, Targets } = one('AWS::Events::Rule', 'IdentityKeys/Deployed').Properties
    expect(EventPattern.detail['stack-id'][0].prefix).toMatch(/:stack\/hpc-provisioner-example-service\/$/)
    expect(Targets).toEqual([expect.objectContaining({ Arn: expect.stringContaining('IdentityKeysFetch') })])
  })

  it('looks every five minutes', () => {
    const { ScheduleExpression, State, Targets } = one(
      'AWS::Events::Rule',
      'IdentityKeys/EveryFiveMinutes',
    ).Properties
    expect([ScheduleExpression, State]).toEqual(['rate(5 minutes)', 'ENABLED'])
    expect(Targets).toEqual([expect.objectContaining({ Arn: expect.stringContaining('IdentityKeysFetch') })])
  })

  it('raises an alarm when every look of an hour failed, or there was none', () => {
    const { Properties } = one('AWS::CloudWatch::Alarm', 'Monitoring/Alarms/StaleKeys')
    expect(Properties).toMatchObject({
      ...{ Namespace: 'AWS/Lambda', MetricName: 'Errors', Statistic: 'Minimum', Period: 3600 },
      ...{ Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold', EvaluationPeriods: 1 },
      TreatMissingData: 'breaching',
      AlarmDescription: expect.stringContaining('Users notice'),
    })
    expect(Properties.Dimensions).toEqual([
      { Name: 'FunctionName', Value: expect.stringContaining('IdentityKeysFetch') },
    ])
  })
})

describe('the bucket of the keys', () => {
  const policy = one('AWS::S3::BucketPolicy', 'IdentityKeys/Bucket/Policy').Properties.PolicyDocument
    .Statement as Statement[]
  const put = (principal: string, key = 'jwks.json') =>
    evaluate(policy, {
      action: 's3:PutObject',
      resource: `${bucket}/${key}`,
      context: { 'aws:PrincipalArn': principal, 'aws:SecureTransport': 'true' },
    })

  it('is written by the function, and by nobody else whatever their own rights', () => {
    expect(put(fetcher.Role)).toBe('silent')
    for (const principal of [
      `arn:aws:iam::${account}:role/Administrator`,
      `arn:aws:iam::${account}:root`,
      one('AWS::Lambda::Function', 'Functions/Api').Properties.Role,
      one('AWS::Lambda::Function', 'Functions/Reconcile').Properties.Role,
    ])
      expect([principal, put(principal)]).toEqual([principal, 'denied'])
  })

  it('is closed to the public, encrypted and versioned', () => {
    expect(one('AWS::S3::Bucket', 'IdentityKeys/Bucket').Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        ...{ BlockPublicAcls: true, BlockPublicPolicy: true },
        ...{ IgnorePublicAcls: true, RestrictPublicBuckets: true },
      },
      BucketEncryption: expect.anything(),
      VersioningConfiguration: { Status: 'Enabled' },
    })
  })
})

describe("Slurm's REST API", () => {
  it('is at one port that is not of slurmctld, slurmd or slurmdbd', () => {
    expect(site.slurmRest).toEqual({
      port: 6830,
      userClaimField: example.environment.identity?.userClaimField,
      jwks: { bucket: bucketName, key: 'jwks.json' },
    })
    const ofSlurm = Array.from({ length: 13 }, (_, index) => 6817 + index) // 6820 to 6829 are ParallelCluster's slurmctld's
    expect(ofSlurm).not.toContain(site.slurmRest?.port)
  })

  it('is not there, nor anything for it, without an identity provider', () => {
    const without = deploy('example', ({ identity: _, ...environment }) => environment)
    expect(without.everything.filter(({ path }) => path.startsWith('IdentityKeys'))).toEqual([])
    expect(siteOf(without).slurmRest).toBeUndefined()
  })
})
