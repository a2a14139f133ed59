// Whose data the nodes of a cluster reach: asked of the policy in the cluster's stack together with those of the file
// system and the buckets.
import { describe, expect, it } from 'vitest'
import { clusterName } from '../../core/names.ts'
import { stackTemplate } from '../../core/render/stack-template.ts'
import { readTemplates } from '../../lib/read-templates.ts'
import { aCluster } from '../core/samples.ts'
import { deploy, siteOf } from './deployed.ts'
import { evaluate, type Statement } from './iam.ts'

const example = deploy('example')
const { account, all, one } = example
const site = siteOf(example)
const { fileSystemId, publicBucket, privateBucket } = site.storage
const fileSystem = `arn:aws:elasticfilesystem:eu-west-1:${account}:file-system/${fileSystemId}`
const accessPoint = (project: string) =>
  `arn:aws:elasticfilesystem:eu-west-1:${account}:access-point/fsap-of-${project}`
const templates = readTemplates()

type Template = { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> }
const clusterOf = (project: string, lustre = true) => {
  const tenant = { virtualLab: 'lab', project }
  return aCluster({ ...tenant, name: clusterName(tenant), spec: { tier: 'debug', lustre, benchmark: false } })
}
const stackOf = (project: string, lustre = true) =>
  stackTemplate(templates, clusterOf(project, lustre), site) as Template

const configurationOf = ({ Cluster }: Template['Resources']) => Cluster?.Properties.ClusterConfiguration

/** What Fn::Sub and Fn::Join give in the stack of the project. */
const filled = (project: string, tree: unknown): unknown => {
  if (Array.isArray(tree)) return tree.map((item) => filled(project, item))
  if (typeof tree !== 'object' || tree === null) return tree
  const { 'Fn::Sub': text, 'Fn::Join': join, Ref } = tree as Record<string, unknown>
  const known: Record<string, string> = {
    'AWS::Partition': 'aws',
    'AWS::Region': 'eu-west-1',
    'AWS::AccountId': account,
    AccessPoint: `fsap-of-${project}`,
  }
  if (Array.isArray(join)) return (filled(project, join[1]) as string[]).join(join[0])
  if (Ref !== undefined) return known[String(Ref)] ?? `no ${Ref}`
  if (text !== undefined)
    return String(text).replace(/\$\{([^}]+)\}/g, (_, name) => known[name] ?? `no ${name}`)
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, filled(project, value)]))
}
const policyOf = (project: string) => {
  const document = stackOf(project).Resources.ProjectPolicy?.Properties.PolicyDocument
  return (filled(project, document) as { Statement: Statement[] }).Statement
}
const homes = one('AWS::EFS::FileSystem').Properties.FileSystemPolicy.Statement as Statement[]
const bucketPolicy = (name: string) =>
  all('AWS::S3::BucketPolicy').find(({ Properties }) => Properties.Bucket === name)?.Properties.PolicyDocument
    .Statement as Statement[]

const nodeRole = `arn:aws:iam::${account}:role/parallelcluster/${clusterOf('mine').name}/RoleHeadNode-1`
/** What a node of the project mine may do, by its own policy and the policy of what it asks for. */
const mine = (
  action: string,
  resource: string,
  context: Record<string, string> = {},
  policies: Statement[] = [],
) =>
  evaluate([...policyOf('mine'), ...policies], {
    action,
    resource,
    context: { 'aws:SecureTransport': 'true', 'aws:PrincipalArn': nodeRole, ...context },
  }) === 'allowed'
const object = (bucket: string, key: string) => `arn:aws:s3:::${bucket}/${key}`
const mount = ['ClientMount', 'ClientWrite', 'ClientRootAccess'].map((name) => `elasticfilesystem:${name}`)
const by = (arn: string) => ({ 'elasticfilesystem:AccessPointArn': arn })

describe('the homes', () => {
  it.each(mount)('a node may %s by its own access point', (action) => {
    expect(mine(action, fileSystem, by(accessPoint('mine')), homes)).toBe(true)
  })

  it.each(mount)('no role can %s by another project’s access point', (action) => {
    expect(mine(action, fileSystem, by(accessPoint('theirs')), homes)).toBe(false)
  })

  it.each(mount)('nobody, an administrator neither, can %s without an access point', (action) => {
    const administrator: Statement[] = [{ Effect: 'Allow', Action: '*', Resource: '*' }]
    const context = { 'aws:SecureTransport': 'true' }
    expect(evaluate([...administrator, ...homes], { action, resource: fileSystem, context })).toBe('denied')
  })

  it.each(mount)('nobody can %s without TLS', (action) => {
    const context = { ...by(accessPoint('mine')), 'aws:SecureTransport': 'false' }
    expect(mine(action, fileSystem, context, homes)).toBe(false)
  })

  it('are mounted with TLS and with the role of the node', () => {
    const text = JSON.stringify(stackOf('mine').Resources.Cluster)
    expect(text).toContain('"EncryptionInTransit":true')
    expect(text).toContain('"IamAuthorization":true')
  })

  it('are backed up where the environment says so', () => {
    const policy = (of: typeof example) => of.one('AWS::EFS::FileSystem').Properties.BackupPolicy
    expect([policy(example), policy(deploy('local'))]).toEqual([{ Status: 'ENABLED' }, undefined])
  })
})

describe('the project’s prefix', () => {
  const own = object(privateBucket, 'lab/mine/a/b')
  const prefix = (value: string) => ({ 's3:prefix': value })

  it('is the project’s to read, list and write', () => {
    for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'])
      expect(mine(action, own)).toBe(true)
    for (const value of ['lab/mine/', 'lab/mine/a/'])
      expect(mine('s3:ListBucket', `arn:aws:s3:::${privateBucket}`, prefix(value))).toBe(true)
  })

  it.each(['lab/theirs/a', 'lab/mine-too/a', 'other/mine/a', 'a', 'lab/mine'])(
    'no role reaches %s',
    (key) => {
      for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:GetObjectVersion'])
        expect([action, mine(action, object(privateBucket, key))]).toEqual([action, false])
    },
  )

  it.each(['', 'lab/', 'lab/mine', 'lab/theirs/', 'lab/mine-too/', '*'])('no role lists %j', (value) => {
    expect(mine('s3:ListBucket', `arn:aws:s3:::${privateBucket}`, prefix(value))).toBe(false)
    expect(mine('s3:ListBucket', `arn:aws:s3:::${privateBucket}`)).toBe(false)
  })
})

describe('the public bucket', () => {
  it('is read and listed by every project', () => {
    expect(mine('s3:GetObject', object(publicBucket, 'a/b'), {}, bucketPolicy(publicBucket))).toBe(true)
    expect(mine('s3:ListBucket', `arn:aws:s3:::${publicBucket}`, {}, bucketPolicy(publicBucket))).toBe(true)
  })

  it.each(['s3:PutObject', 's3:DeleteObject', 's3:PutObjectAcl', 's3:DeleteObjectVersion'])(
    'no role of a cluster can %s, even if somebody gave it the right',
    (action) => {
      expect(mine(action, object(publicBucket, 'a'))).toBe(false)
      const given: Statement[] = [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]
      expect(mine(action, object(publicBucket, 'a'), {}, [...given, ...bucketPolicy(publicBucket)])).toBe(
        false,
      )
    },
  )

  it('is never exported to, and the project’s prefix is', () => {
    const associations = Object.keys(templates.tiers).flatMap((tier) => {
      const cluster = { ...clusterOf('mine'), spec: { tier, lustre: true, benchmark: false } }
      const { Resources } = stackTemplate(templates, cluster, site) as Template
      const { SharedStorage } = configurationOf(Resources) as {
        SharedStorage: { FsxLustreSettings?: { DataRepositoryAssociations: Record<string, unknown>[] } }[]
      }
      return SharedStorage.flatMap((one) => one.FsxLustreSettings?.DataRepositoryAssociations ?? [])
    })
    const exported = associations.filter((one) => one.AutoExportPolicy)
    expect(associations.length).toBeGreaterThan(exported.length)
    expect(new Set(exported.map((one) => one.DataRepositoryPath))).toEqual(
      new Set([`s3://${privateBucket}/lab/mine/`]),
    )
    // Nothing is imported at creation, however large a bucket is.
    expect(associations.map((one) => one.BatchImportMetaDataOnCreate)).toEqual(associations.map(() => false))
  })
})

describe('a Lustre file system', () => {
  it('is PERSISTENT_2 with LZ4, at /lustre', () => {
    const { SharedStorage } = configurationOf(stackOf('mine').Resources) as {
      SharedStorage: object[]
    }
    expect(SharedStorage).toContainEqual(
      expect.objectContaining({
        MountDir: '/lustre',
        FsxLustreSettings: expect.objectContaining({
          DeploymentType: 'PERSISTENT_2',
          DataCompressionType: 'LZ4',
        }),
      }),
    )
  })

  it('is none of a cluster without, whose buckets Mountpoint shows', () => {
    const text = JSON.stringify(stackOf('mine', false).Resources.Cluster)
    expect(text).not.toContain('FsxLustre')
    expect(text).toContain(`"s3://${privateBucket}/lab/mine/"`)
    expect(text).toContain(`"s3://${publicBucket}/${site.storage.mountpoint?.key}"`)
  })
})

describe('buckets that are there already', () => {
  const named = deploy('example', (environment) => ({
    ...environment,
    storage: { ...environment.storage, publicBucket: 'our-assets', privateBucket: 'our-projects' },
  }))

  it('are used as they are: the app makes none, and sets nothing of theirs', () => {
    const made = [...named.all('AWS::S3::Bucket'), ...named.all('AWS::S3::BucketPolicy')]
    expect(made.filter(({ path }) => !/^(IdentityKeys|NodeKeys)/.test(path))).toEqual([])
    const { storage } = siteOf(named)
    expect(storage).toMatchObject({ publicBucket: 'our-assets', privateBucket: 'our-projects' })
  })
})
