// What outlives clusters: kept where the environment says so, encrypted, and nobody's but ours.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deploy, siteOf } from './deployed.ts'
import { evaluate, type Statement } from './iam.ts'

const example = deploy('example')
const local = deploy('local')

describe.each([
  ['example', example],
  ['local', local],
] as const)('the storage of %s', (_, { all, one, environment }) => {
  it('keeps the homes encrypted, with a mount target in each zone', () => {
    expect(one('AWS::EFS::FileSystem').Properties.Encrypted).toBe(true)
    const targets = all('AWS::EFS::MountTarget').map(({ Properties }) => Properties.SubnetId)
    expect(new Set(targets).size).toBe(environment.network.zones.length)
    expect(targets).toHaveLength(environment.network.zones.length)
  })

  it('lets clusters mount the homes, and nobody else', () => {
    const group = one('AWS::EC2::SecurityGroup', 'MountTargets').Properties
    const nfs = { IpProtocol: 'tcp', FromPort: 2049, ToPort: 2049, CidrIp: environment.network.clusterRange }
    expect(group.SecurityGroupIngress).toEqual([expect.objectContaining(nfs)])
    expect(group.SecurityGroupEgress).toEqual([expect.objectContaining(nfs)])
    expect(all('AWS::EC2::SecurityGroupIngress')).toEqual([])
  })

  it('has two data buckets, private, versioned and encrypted', () => {
    // The service's own are of public keys.
    const buckets = all('AWS::S3::Bucket').filter(({ path }) => /Data$/.test(path))
    expect(buckets.map(({ path }) => path)).toEqual(['PublicData', 'PrivateData'])
    for (const { Properties } of buckets)
      expect(Properties).toMatchObject({
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      })
  })

  it('is kept exactly where the environment says so', () => {
    const kept = environment.retainData ? 'Retain' : 'Delete'
    const data = ['AWS::EFS::FileSystem', 'AWS::S3::Bucket', 'AWS::DynamoDB::GlobalTable'].flatMap(all)
    expect(data).toHaveLength(10)
    for (const { path, DeletionPolicy, UpdateReplacePolicy } of data)
      expect([path, DeletionPolicy, UpdateReplacePolicy]).toEqual([path, kept, kept])
  })

  it('knows every node script by the hash of its text', () => {
    const { scripts } = siteOf(example)
    const ours = readdirSync(join(import.meta.dirname, '../../cluster-configs/scripts'))
    expect(Object.keys(scripts.keys).sort()).toEqual(ours.sort())
    for (const key of Object.values(scripts.keys)) expect(key).toMatch(/^[0-9a-f]{64}\.(sh|py)$/)
  })
})

describe('TLS', () => {
  const plain = { action: 's3:GetObject', resource: '', context: { 'aws:SecureTransport': 'false' } }
  const encrypted = { ...plain, context: { 'aws:SecureTransport': 'true' } }

  it('is asked for by every bucket where the environment says so', () => {
    const buckets = example.all('AWS::S3::Bucket')
    const policies = example.all('AWS::S3::BucketPolicy')
    expect(policies).toHaveLength(buckets.length)
    for (const { Properties } of policies) {
      const statements = Properties.PolicyDocument.Statement as Statement[]
      const resource = `arn:aws:s3:::${Properties.Bucket}/object`
      expect(evaluate(statements, { ...plain, resource })).toBe('denied')
      expect(evaluate(statements, { ...encrypted, resource })).toBe('silent')
    }
  })

  it('is not asked for by an emulator that speaks plain HTTP', () => {
    expect(local.environment.tlsOnly).toBe(false)
    for (const { Properties } of local.all('AWS::S3::BucketPolicy'))
      expect(
        evaluate(Properties.PolicyDocument.Statement, {
          ...plain,
          resource: `arn:aws:s3:::${Properties.Bucket}/object`,
        }),
      ).toBe('silent')
  })
})
