// What nodes mount, run and may read, with Lustre and without.
import { describe, expect, it } from 'vitest'
import type { Configuration } from '../../../core/pcluster/configuration.ts'
import { renderConfiguration } from '../../../core/render/render.ts'
import type { TierTemplate } from '../../../core/render/templates.ts'
import { tailored } from '../../../core/shape/resources.ts'
import { shapeFor } from '../../../core/shape/shape-candidates.ts'
import { readTemplates } from '../../../lib/read-templates.ts'
import { aSite, slurmRestValues, someValues } from '../samples.ts'

const templates = readTemplates()
const debug = { tier: 'debug', lustre: true, benchmark: false }
const withoutLustre = { ...debug, lustre: false }
const withGpu = { tier: tailored, resources: { nodes: 1, gpusPerNode: 1 } }
const render = (spec = debug): Configuration => renderConfiguration(templates, spec, someValues())

describe('a node', () => {
  it('mounts the homes, and Lustre with the data of the project and no other', () => {
    expect(render(withoutLustre).SharedStorage).toEqual([
      {
        Name: 'homes',
        MountDir: '/home',
        StorageType: 'Efs',
        EfsSettings: {
          FileSystemId: 'a-fileSystemId',
          AccessPointId: 'a-accessPointId',
          EncryptionInTransit: true,
          IamAuthorization: true,
        },
      },
    ])
    const lustre = render().SharedStorage?.[1]
    const changes = ['NEW', 'CHANGED', 'DELETED']
    expect(lustre).toEqual({
      Name: 'lustre',
      MountDir: '/lustre',
      StorageType: 'FsxLustre',
      FsxLustreSettings: {
        StorageCapacity: 1200,
        DeploymentType: 'PERSISTENT_2',
        PerUnitStorageThroughput: 250,
        DataCompressionType: 'LZ4',
        DeletionPolicy: 'Delete',
        DataRepositoryAssociations: [
          {
            Name: 'public',
            FileSystemPath: '/project/public',
            DataRepositoryPath: 's3://a-publicBucket/',
            BatchImportMetaDataOnCreate: false,
            AutoImportPolicy: changes,
          },
          {
            Name: 'private',
            FileSystemPath: '/project/private',
            // The last slash: the prefix of project 1 is not that of project 10.
            DataRepositoryPath: 's3://a-privateBucket/a-virtualLab/a-project/',
            BatchImportMetaDataOnCreate: false,
            AutoImportPolicy: changes,
            AutoExportPolicy: changes,
          },
        ],
      },
    })
  })

  // ParallelCluster's default for the disks of a node is /scratch, which storage.sh would take for the site's own.
  it.each([debug, withoutLustre, { ...debug, tier: tailored, shape: shapeFor(templates, aSite(), withGpu) }])(
    'keeps its own disks away from the scratch of the cluster: $tier, lustre $lustre',
    (spec) => {
      const { HeadNode, Scheduling } = render(spec)
      const away = { LocalStorage: { EphemeralVolume: { MountDir: '/local-scratch' } } }
      expect(HeadNode).toMatchObject(away)
      for (const { ComputeSettings } of Scheduling.SlurmQueues) expect(ComputeSettings).toEqual(away)
    },
  )

  const mount = {
    Script: 's3://node-scripts/5/mount-s3.sh',
    Args: [
      ...['sim', 'a-region', 's3://a-publicBucket/', 's3://a-privateBucket/a-virtualLab/a-project/'],
      ...['a-mountpointUrl', 'a-mountpointSha256'],
    ],
  }
  const record = {
    Script: 's3://node-scripts/4/cluster-record.sh',
    Args: ['a-clusterName', 'a-deploymentId', 'a-virtualLab', 'a-project', 'a-region', 'sim'],
  }
  it.each([
    { spec: debug, storage: ['/lustre', 'project', 'scratch'], more: [] },
    { spec: withoutLustre, storage: ['/home', 'scratch'], more: [mount] },
  ])(
    'runs the same scripts as others, with storage in $storage, and may read them',
    ({ spec, storage, more }) => {
      const first = [
        { Script: 's3://node-scripts/1/users.sh', Args: ['sim', '5000', '5000', 'a-userPublicKey'] },
        {
          Script: 's3://node-scripts/3/environment.sh',
          Args: ['a-virtualLab', 'a-project', 'a-clusterName'],
        },
      ]
      const keys = (group: string) => ({
        Script: 's3://node-scripts/6/node-keys.sh',
        Args: ['s3://a-nodeKeysBucket/a-nodeKeysKey', 'a-region', 'sim', group],
      })
      const last = [{ Script: 's3://node-scripts/2/storage.sh', Args: ['sim', ...storage] }, ...more]
      const jobLog = { Script: 's3://node-scripts/4/job-log.py', Args: ['a-jobLogGroupName', 'a-region'] }
      const { HeadNode, Scheduling } = render(spec)
      const check = (node: object, sequence: { Script: string }[]) =>
        expect(node).toMatchObject({
          CustomActions: {
            OnNodeConfigured: { Sequence: sequence },
          },
          Iam: {
            S3Access: expect.arrayContaining(
              sequence.map(({ Script }) => ({
                BucketName: 'a-scriptsBucket',
                KeyName: Script.replace('s3://node-scripts/', ''),
              })),
            ),
          },
        })
      // The head node alone knows the jobs, and what the cluster is.
      check(HeadNode, [...first, keys('a-jobLogGroupName'), jobLog, ...last, record])
      for (const queue of Scheduling.SlurmQueues) check(queue, [...first, keys('none'), ...last])
    },
  )

  const everyWish = Object.keys(templates.tiers).flatMap((tier) =>
    [true, false].flatMap((lustre) => [true, false].map((benchmark) => ({ tier, lustre, benchmark }))),
  )
  it.each(everyWish)(
    'that is the head node writes down what there is when all of it is there: $tier, lustre $lustre, benchmark $benchmark',
    (spec) => {
      for (const values of [someValues(), someValues(slurmRestValues)]) {
        const { HeadNode } = renderConfiguration(templates, spec, values)
        const { OnNodeConfigured, OnNodeUpdated } = HeadNode.CustomActions as {
          [event: string]: { Sequence: object[] } | undefined
        }
        expect(OnNodeConfigured?.Sequence.at(-1)).toEqual(record)
        expect(OnNodeUpdated?.Sequence).toEqual([record])
      }
    },
  )

  it('is told of last by a tier that brings scripts of its own, too', () => {
    const own = { Script: 's3://a-bucket/own.sh', Args: [] }
    const configuration = { HeadNode: { CustomActions: { OnNodeConfigured: { Sequence: [own] } } } }
    const tiers = {
      ...templates.tiers,
      debug: { ...(templates.tiers.debug as TierTemplate), configuration },
    }
    const { HeadNode } = renderConfiguration({ ...templates, tiers }, debug, someValues())
    const { OnNodeConfigured } = HeadNode.CustomActions as { OnNodeConfigured: { Sequence: object[] } }
    expect(OnNodeConfigured.Sequence.slice(-2)).toEqual([own, record])
  })

  it('has the right to the project’s data by its policy alone, which can list, and never by S3Access, which cannot', () => {
    for (const spec of [debug, withoutLustre]) {
      const { HeadNode, Scheduling } = render(spec)
      for (const { Iam } of [HeadNode, ...Scheduling.SlurmQueues]) {
        const { AdditionalIamPolicies } = Iam as { AdditionalIamPolicies: object[] }
        expect(AdditionalIamPolicies[0]).toEqual({
          Policy: expect.stringContaining(':policy/parallelcluster/'),
        })
        expect(JSON.stringify(Iam)).not.toMatch(/publicBucket|privateBucket/)
      }
    }
  })

  it('reads the one object with the keys that it shall trust, and writes none', () => {
    const { HeadNode, Scheduling } = render()
    for (const { Iam } of [HeadNode, ...Scheduling.SlurmQueues]) {
      const { S3Access } = Iam as { S3Access: { BucketName: string }[] }
      expect(S3Access.filter(({ BucketName }) => BucketName === 'a-nodeKeysBucket')).toEqual([
        { BucketName: 'a-nodeKeysBucket', KeyName: 'a-nodeKeysKey' },
      ])
    }
  })

  it("takes an identity provider's tokens where the site has one: the head node alone reads its keys, before Slurm starts", () => {
    const { HeadNode, Scheduling } = renderConfiguration(templates, debug, someValues(slurmRestValues))
    expect(HeadNode.CustomActions).toMatchObject({
      OnNodeStart: {
        Sequence: [
          { Script: 's3://node-scripts/4/jwks.sh', Args: ['s3://identity-keys/jwks.json', 'a-region'] },
        ],
      },
      OnNodeConfigured: {
        Sequence: expect.arrayContaining([
          { Script: 's3://node-scripts/5/slurmrestd.sh', Args: ['6830', 'sun'] },
        ]),
      },
    })
    const keysOnly = { BucketName: 'identity-keys', KeyName: 'jwks.json' }
    const { S3Access } = HeadNode.Iam as { S3Access: { BucketName: string }[] }
    expect(S3Access.filter(({ BucketName }) => BucketName === 'identity-keys')).toEqual([keysOnly])
    expect(Scheduling.SlurmSettings).toMatchObject({
      CustomSlurmSettings: expect.arrayContaining([
        { DisableRootJobs: 'YES' },
        { AuthAltTypes: 'auth/jwt' },
        { AuthAltParameters: 'jwks=/opt/slurm/etc/jwks.json,userclaimfield=sun' },
      ]),
    })
    expect(JSON.stringify(Scheduling.SlurmQueues)).not.toMatch(/jwks|slurmrestd|identity-keys/)
    expect(JSON.stringify(render())).not.toMatch(/jwks|slurmrestd|AuthAlt/)
  })
})
