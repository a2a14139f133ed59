// Which folders of a cluster are mirrors of which buckets.
import { expect, it } from 'vitest'
import { readConfiguration } from '../../local/slurm/configuration.ts'
import { linkedData } from '../../local/slurm/data-mirrors.ts'
import { aConfiguration } from './fixtures.ts'

const linked = (configuration: Record<string, unknown>) => linkedData(readConfiguration(configuration))

it('without Lustre they are what mount-s3.sh is told to mount', () => {
  expect(linked(aConfiguration())).toEqual([
    { path: '/project/public', bucket: 'public', prefix: '', isWritable: false },
    { path: '/project/private', bucket: 'private', prefix: 'lab/project/', isWritable: true },
  ])
})

it('with Lustre they are its associations: without an export policy nothing may be written', () => {
  const associations = (DataRepositoryAssociations: object[]) =>
    aConfiguration({
      HeadNode: { InstanceType: 't3.medium', Networking: { SubnetId: 'subnet-1' } },
      SharedStorage: [
        { MountDir: '/lustre', StorageType: 'FsxLustre', FsxLustreSettings: { DataRepositoryAssociations } },
      ],
    })
  const one = { FileSystemPath: '/project/public', DataRepositoryPath: 's3://assets/' }
  const two = { FileSystemPath: '/project/private', DataRepositoryPath: 's3://projects/lab/mine' }
  expect(linked(associations([one, { ...two, AutoExportPolicy: ['NEW'] }]))).toEqual([
    { path: '/lustre/project/public', bucket: 'assets', prefix: '', isWritable: false },
    { path: '/lustre/project/private', bucket: 'projects', prefix: 'lab/mine/', isWritable: true },
  ])
  expect(linked(associations([]))).toEqual([])
})
