// What nodes mount, run and may read, with Lustre and without.
import { describe, expect, it } from 'vitest'
import { type Configuration, renderConfiguration } from '../../../core/render/render.ts'
import { readTemplates } from '../../../lib/read-templates.ts'
import { someValues } from '../samples.ts'

const templates = readTemplates()
const debug = { tier: 'debug', lustre: true, benchmark: false }
const withoutLustre = { ...debug, lustre: false }
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
    const [, lustre] = render().SharedStorage
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

  it.each([
    { spec: debug, storage: '/lustre' },
    { spec: withoutLustre, storage: '/home' },
  ])(
    'runs the same scripts on every node, with storage in $storage, and lets it read them',
    ({ spec, storage }) => {
      const sequence = [
        { Script: 's3://node-scripts/1/users.sh', Args: ['sim', '5000', '5000', 'a-userPublicKey'] },
        {
          Script: 's3://node-scripts/3/environment.sh',
          Args: ['a-virtualLab', 'a-project', 'a-clusterName'],
        },
        { Script: 's3://node-scripts/2/storage.sh', Args: ['sim', storage] },
      ]
      const jobLog = { Script: 's3://node-scripts/4/job-log.py', Args: ['a-jobLogGroupName', 'a-region'] }
      const { HeadNode, Scheduling } = render(spec)
      for (const node of [HeadNode, ...Scheduling.SlurmQueues])
        expect(node).toMatchObject({
          CustomActions: {
            // The head node alone knows the jobs.
            OnNodeConfigured: { Sequence: node === HeadNode ? sequence.toSpliced(2, 0, jobLog) : sequence },
          },
          Iam: {
            S3Access: expect.arrayContaining([
              { BucketName: 'a-scriptsBucket', KeyName: '1/users.sh' },
              { BucketName: 'a-scriptsBucket', KeyName: '2/storage.sh' },
              { BucketName: 'a-scriptsBucket', KeyName: '3/environment.sh' },
            ]),
          },
        })
    },
  )

  it('reaches the project’s data by S3 where there is no Lustre, and only then', () => {
    const data = [
      { BucketName: 'a-publicBucket' },
      { BucketName: 'a-privateBucket', KeyName: 'a-virtualLab/a-project/*', EnableWriteAccess: true },
    ]
    const access = (spec: typeof debug) => {
      const { HeadNode, Scheduling } = render(spec)
      return [HeadNode, ...Scheduling.SlurmQueues].map(
        (node) => (node.Iam as { S3Access: unknown[] }).S3Access,
      )
    }
    for (const list of access(withoutLustre)) expect(list).toEqual(expect.arrayContaining(data))
    for (const list of access(debug)) expect(JSON.stringify(list)).not.toMatch(/publicBucket|privateBucket/)
  })
})
