// Head node, login nodes and images: what suits which operating system and instance type.
import type { Dcv } from '../configuration.ts'
import { constants } from '../constants.ts'
import type { Path } from '../findings.ts'
import { instanceTypesOf, poolsOf, type Rules, resourcesOf } from './rule.ts'

const { operatingSystems } = constants
const isTiny = (instanceType: string) => /micro|nano/.test(instanceType)

export const nodeRules: Rules = {
  OsCustomAmiValidator: ({ Image }, tell) => {
    if (!Image.CustomAmi && operatingSystems.withoutAmi.includes(Image.Os))
      tell(
        ['Image', 'CustomAmi'],
        `There is no official image for ${Image.Os}: build one and name it in CustomAmi.`,
      )
  },
  IntelHpcOsValidator: ({ AdditionalPackages, Image }, tell) => {
    const { IntelSoftware } = AdditionalPackages ?? {}
    if (IntelSoftware?.IntelHpcPlatform && !operatingSystems.intel.includes(Image.Os))
      tell(
        ['AdditionalPackages', 'IntelSoftware', 'IntelHpcPlatform'],
        'IntelHpcPlatform was for CentOS 7, which is no longer supported: remove it.',
      )
  },
  InstanceTypeOSCompatibleValidator: (configuration, tell) => {
    const os = configuration.Image.Os
    const all: [type: string, path: Path][] = [
      [configuration.HeadNode.InstanceType, ['HeadNode', 'InstanceType']],
      ...resourcesOf(configuration).flatMap(({ resource, path }) =>
        instanceTypesOf(resource).map((type): [string, Path] => [type, path]),
      ),
      ...poolsOf(configuration)
        .filter(({ pool }) => pool.Image?.CustomAmi)
        .map(({ pool, path }): [string, Path] => [pool.InstanceType, [...path, 'InstanceType']]),
    ]
    for (const [type, path] of all) {
      if (isTiny(type) && operatingSystems.notForMicroNano.includes(os))
        tell(path, `${type} has little memory for ${os}: take one with at least 1.7 GB.`, 'WARNING')
      for (const [prefix, systems] of Object.entries(constants.notForInstances))
        if (type.startsWith(prefix) && systems.includes(os))
          tell(path, `${type} does not run ${os}: choose another Os.`)
    }
  },
  SchedulableMemoryValidator: (configuration, tell) => {
    for (const { resource, path } of resourcesOf(configuration))
      if (resource.SchedulableMemory !== undefined && resource.SchedulableMemory < 1)
        tell([...path, 'SchedulableMemory'], 'SchedulableMemory is in MiB and must be at least 1.')
  },
  KeyPairValidator: ({ HeadNode }, tell) => {
    if (!HeadNode.Ssh?.KeyName)
      tell(
        ['HeadNode', 'Ssh', 'KeyName'],
        'Without a KeyName nobody can log in, unless the image knows another way.',
        'WARNING',
      )
  },
  DcvValidator: (configuration, tell) => {
    const all: [dcv: Dcv | undefined, type: string, path: Path][] = [
      [configuration.HeadNode.Dcv, configuration.HeadNode.InstanceType, ['HeadNode', 'Dcv']],
      ...poolsOf(configuration).map(({ pool, path }): [Dcv | undefined, string, Path] => [
        pool.Dcv,
        pool.InstanceType,
        [...path, 'Dcv'],
      ]),
    ]
    for (const [dcv, type, path] of all) {
      if (!dcv?.Enabled) continue
      if (isTiny(type))
        tell(path, `${type} has little memory for a desktop: take one with at least 1.7 GB.`, 'WARNING')
      if ((dcv.AllowedIps ?? '0.0.0.0/0') === '0.0.0.0/0')
        tell(
          [...path, 'AllowedIps'],
          `DCV's port ${dcv.Port ?? 8443} is open to the world: restrict AllowedIps.`,
          'WARNING',
        )
    }
  },
  LogRotationValidator: ({ Monitoring }, tell) => {
    const { CloudWatch, Rotation } = Monitoring?.Logs ?? {}
    if (CloudWatch?.Enabled === false && (Rotation?.Enabled ?? true))
      tell(
        ['Monitoring', 'Logs'],
        'Logs are rotated away on the nodes and kept nowhere else: enable CloudWatch, or disable Rotation.',
        'WARNING',
      )
  },
  DetailedMonitoringValidator: ({ Monitoring }, tell) => {
    if (Monitoring?.DetailedMonitoring)
      tell(
        ['Monitoring', 'DetailedMonitoring'],
        'DetailedMonitoring measures every minute, which costs extra.',
        'WARNING',
      )
  },
}
