// The limits and lists that the rules read, beside the sentences in which they are told of ParallelCluster.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { constants } from '../../../core/pcluster/constants.ts'
import { modelRules } from '../../../core/pcluster/model.ts'
import { isThere, shared } from './corpus.ts'

type Told = {
  package: string
  constants: { regions: string[] }
  deny_lists: Record<string, Record<string, string[]>>
  validators: { validator: string; aws: string; rule: string | null }[]
}
const told: Told | undefined = isThere
  ? JSON.parse(readFileSync(join(shared, 'pure_validators.json'), 'utf8'))
  : undefined

const { names, storageNames, clusterNames, most, storage, ebs, fsx, iamPrefix } = constants
const range = ([least, most]: readonly number[] = []) => `${least}-${most}`
const upTo = (longest: number) => clusterNames.pattern.replace('*$', `{0,${longest - 1}}$`)
const values = (numbers: readonly number[] = []) => `[${numbers.join(',')}]`

const sentences: [validator: string, ...parts: string[]][] = [
  [
    'ClusterNameValidator',
    `${upTo(clusterNames.longest)} ;`,
    `: ${upTo(clusterNames.longestWithAccounting)}`,
  ],
  ['NameValidator', names.pattern, `<= ${names.longest},`, `'${names.forbidden}'`],
  [
    'SharedStorageNameValidator',
    storageNames.pattern,
    `<= ${storageNames.longest},`,
    `'${storageNames.forbidden}'`,
  ],
  [
    'MaxCountValidator',
    `SlurmQueues <= ${most.queues};`,
    `ComputeResources per queue <= ${most.computeResourcesPerQueue};`,
    `ComputeResources per cluster <= ${most.computeResources};`,
    `LoginNodes.Pools <= ${most.loginPools}`,
  ],
  ['ComputeResourceTagsValidator', `<= ${most.tags} `],
  ['FsxDraValidator', `at most ${most.dataRepositoryAssociations}`],
  ['SharedEbsPerformanceBottleNeckValidator', `> ${most.nodesOnEbs}`],
  [
    'NumberOfStorageValidator',
    `EBS (non-RAID) <= ${storage.most.EBS};`,
    `new EFS <= ${storage.most['new EFS']};`,
    `new FSx Lustre <= ${storage.most['new FSx']};`,
    `new RAID <= ${storage.most['new RAID']};`,
    `existing EFS <= ${storage.most['existing EFS']};`,
    `<= ${storage.most['existing FSx']}`,
  ],
  ['SharedStorageMountDirValidator', `not in ${storage.reservedDirectories.join(' ')}`],
  [
    'EbsVolumeTypeSizeValidator',
    ...['standard', 'io1', 'io2', 'gp2', 'gp3'].map((type) => `${type} ${range(ebs.sizeGiB[type])},`),
    `st1/sc1 ${range(ebs.sizeGiB.st1)};`,
    `default type ${ebs.defaultType};`,
    `default size ${ebs.defaultSizeGiB};`,
  ],
  [
    'EbsVolumeIopsValidator',
    ...Object.entries(ebs.iops).map(([type, rates]) => `${type} ${range(rates)}`),
    `ratio ${Object.entries(ebs.iopsPerGiB)
      .map(([type, ratio]) => `${type} ${ratio}`)
      .join(', ')}`,
  ],
  ['EbsVolumeThroughputValidator', `${ebs.throughput.gp3?.[0]} <= Throughput <= ${ebs.throughput.gp3?.[1]} `],
  [
    'EbsVolumeThroughputIopsValidator',
    `<= ${ebs.throughputPerIops.gp3} * Iops`,
    `Iops ${ebs.defaultIops.gp3})`,
  ],
  ['FsxPersistentOptionsValidator', `default type ${fsx.defaultType}`],
  [
    'FsxStorageTypeOptionsValidator',
    `PerUnitStorageThroughput in ${values(fsx.hddThroughput)}`,
    `PERSISTENT_1 in ${values(fsx.ssdThroughput.PERSISTENT_1)}`,
    `PERSISTENT_2 in ${values(fsx.ssdThroughput.PERSISTENT_2)}`,
  ],
  [
    'FsxStorageCapacityValidator',
    `SCRATCH_1: ${fsx.capacity.SCRATCH_1?.sizes.join(', ')} or n*${fsx.capacity.SCRATCH_1?.step};`,
    ...Object.entries(fsx.hddSteps).map(([throughput, step]) => `${throughput}->n*${step}`),
    `PERSISTENT_2: ${fsx.capacity.PERSISTENT_2?.sizes[0]} or n*${fsx.capacity.PERSISTENT_2?.step}`,
  ],
  [
    'IamResourcePrefixValidator',
    iamPrefix.path,
    iamPrefix.name,
    `name part <= ${iamPrefix.longestName},`,
    `path part <= ${iamPrefix.longestPath};`,
  ],
  ['DomainNameValidator', constants.domainNames.join(' or ')],
  ['ExtraChefAttributesValidator', `> ${constants.shortestReconfigureTimeout};`],
  ['OsCustomAmiValidator', `[${constants.operatingSystems.withoutAmi.join(', ')}]`],
  [
    'InstanceTypeOSCompatibleValidator',
    ...Object.entries(constants.notForInstances).map(
      ([type, systems]) => `${type}* not on ${systems.join(', ')}`,
    ),
  ],
]

describe.skipIf(!told)('the rules of ParallelCluster are fresh', () => {
  const ruleOf = (name: string) => told?.validators.find(({ validator }) => validator === name)?.rule

  it('in their version, regions and denied settings', () => {
    expect(told?.package).toBe(`aws-parallelcluster ${constants.version}`)
    expect(constants.regions).toEqual(told?.constants.regions)
    const { SlurmConf, Queue, ComputeResource } = told?.deny_lists ?? {}
    expect(constants.deniedSlurmSettings).toEqual({
      SlurmConf: SlurmConf?.Global,
      Accounting: SlurmConf?.Accounting,
      Queue: Queue?.Global,
      ComputeResource: ComputeResource?.Global,
    })
  })

  it.each(sentences)('in what %s is told to do', (validator, ...parts) => {
    for (const part of parts) expect(ruleOf(validator)).toContain(part)
  })

  it('and complete: every validator that needs no AWS call is written, but those that can never speak', () => {
    // The schema takes no other scheduler, and every system runs on both architectures.
    const silent = ['SchedulerValidator', 'ArchitectureOsValidator']
    const pure = told?.validators.filter(({ aws }) => aws !== 'needed').map(({ validator }) => validator)
    expect(pure?.filter((name) => !(name in modelRules) && !silent.includes(name))).toEqual([])
  })
})

test.runIf(!told)('the freshness of the rules is not looked at: ../shared/pcluster is not here', () => {
  console.log('skipped: what the rules are checked against stands beside the project where it is built')
})
