// EBS volumes: size, IOPS and throughput fit the type.
import type { Configuration, Volume } from '../configuration.ts'
import { constants } from '../constants.ts'
import type { Path } from '../findings.ts'
import { queuesOf, type Rules, regionOf, storagesOf } from './rule.ts'

const { ebs } = constants

type Sized = { volume: Volume; path: Path; type: string; size: number; iops: number }

/** Every volume with what it is when the configuration does not say. */
function volumesOf(configuration: Configuration): Sized[] {
  // Isolated regions do not take the image's size.
  const rootSize = regionOf(configuration).startsWith('us-iso') ? ebs.defaultSizeGiB : ebs.amiSizeGiB
  const sized = (volume: Volume, path: Path, size: number): Sized => {
    const type = volume.VolumeType ?? ebs.defaultType
    return { volume, path, type, size: volume.Size ?? size, iops: volume.Iops ?? ebs.defaultIops[type] ?? 0 }
  }
  return [
    sized(
      configuration.HeadNode.LocalStorage?.RootVolume ?? {},
      ['HeadNode', 'LocalStorage', 'RootVolume'],
      rootSize,
    ),
    ...queuesOf(configuration).map(({ queue, path }) =>
      sized(
        queue.ComputeSettings?.LocalStorage?.RootVolume ?? {},
        [...path, 'ComputeSettings', 'LocalStorage', 'RootVolume'],
        rootSize,
      ),
    ),
    ...storagesOf(configuration)
      .filter(({ storage }) => storage.StorageType === 'Ebs')
      .map(({ storage, path }) =>
        sized(storage.EbsSettings ?? {}, [...path, 'EbsSettings'], ebs.defaultSizeGiB),
      ),
  ]
}

const isOutside = (value: number, [least = value, most = value]: readonly number[]) =>
  value < least || value > most
const range = ([least, most]: readonly number[]) => `from ${least} to ${most}`

export const volumeRules: Rules = {
  EbsVolumeTypeSizeValidator: (configuration, tell) => {
    for (const { path, type, size } of volumesOf(configuration)) {
      const sizes = ebs.sizeGiB[type]
      if (sizes && isOutside(size, sizes))
        tell([...path, 'Size'], `${type} volumes have ${range(sizes)} GiB, not ${size}.`)
    }
  },
  EbsVolumeIopsValidator: (configuration, tell) => {
    for (const { path, type, size, iops } of volumesOf(configuration)) {
      const [rates, perGiB] = [ebs.iops[type], ebs.iopsPerGiB[type] ?? 0]
      const at = [...path, 'Iops']
      if (!iops) continue
      if (!rates)
        tell(at, `${type} volumes take no Iops: remove it, or use ${Object.keys(ebs.iops).join(', ')}.`)
      else if (isOutside(iops, rates)) tell(at, `${type} volumes have ${range(rates)} Iops, not ${iops}.`)
      else if (iops > size * perGiB)
        tell(
          at,
          `${type} volumes have at most ${perGiB} Iops per GiB: ${size} GiB allow ${size * perGiB}, not ${iops}.`,
        )
    }
  },
  EbsVolumeThroughputValidator: (configuration, tell) => {
    for (const { volume, path, type } of volumesOf(configuration)) {
      const rates = ebs.throughput[type]
      const throughput = volume.Throughput ?? rates?.[0] ?? 0
      if (rates && isOutside(throughput, rates))
        tell([...path, 'Throughput'], `${type} volumes have a Throughput ${range(rates)}, not ${throughput}.`)
    }
  },
  EbsVolumeThroughputIopsValidator: (configuration, tell) => {
    for (const { volume, path, type, iops } of volumesOf(configuration)) {
      const perIops = ebs.throughputPerIops[type]
      const throughput = volume.Throughput ?? ebs.throughput[type]?.[0] ?? 0
      if (perIops !== undefined && throughput && throughput > iops * perIops)
        tell(
          [...path, 'Throughput'],
          `${type} volumes have at most ${perIops} Throughput per Iops: ${iops} Iops allow ${iops * perIops}, not ${throughput}.`,
        )
    }
  },
}
