// What clusters need of things that are counted by pieces, and whether that much is left.
import type { Templates } from '../render/templates.ts'
import { slotCount } from '../slots.ts'
import { isGateway } from './gateways.ts'
import type { Facts, Place } from './questions.ts'
import { type QuotaName, quotaOf, raise } from './quotas.ts'
import type { Found } from './report.ts'
import { judgeVcpus } from './vcpus.ts'

type Need = {
  /** How many must be free for one more cluster, and how many for all of `whom`. */
  one: number
  all: number
  whom: string
  level: 'WARNING' | 'INFO'
}

function needsOf(place: Place, facts: Facts['quotas']): Partial<Record<QuotaName, Need>> {
  const { site, templates, expected } = place
  const freeSubnets = Math.max(0, slotCount(site.network) - (facts.subnets?.used ?? 0))
  const ofClusters = (one: number): Need => ({
    one,
    all: one * freeSubnets,
    whom: 'as many clusters as there are subnets for',
    level: 'WARNING',
  })
  const missing = (wanted: number, name: QuotaName): Need => {
    const left = Math.max(0, wanted - (facts[name]?.used ?? 0))
    return { one: left, all: left, whom: 'the missing ones', level: 'WARNING' }
  }
  return {
    vpcs: { one: 0, all: 1, whom: 'another environment', level: 'INFO' },
    endpoints: missing(expected.endpoints.filter((service) => !isGateway(service)).length, 'endpoints'),
    mountTargets: missing(site.network.zones.length, 'mountTargets'),
    subnets: ofClusters(1),
    accessPoints: ofClusters(1),
    // The cluster's own and ParallelCluster's.
    stacks: ofClusters(2),
    lustre: ofClusters(1),
    lustreStorage: ofClusters(lustreGiB(templates)),
  }
}

export function judgeQuotas(place: Place, facts: Facts['quotas']): Found[] {
  const needs = Object.entries(needsOf(place, facts)) as [QuotaName, Need][]
  return [
    ...needs.flatMap(([name, need]) => judgePieces(name, facts[name], need)),
    ...judgeVcpus(place, (name) => facts[name]?.limit),
  ]
}

function judgePieces(
  name: QuotaName,
  fact: Facts['quotas'][string] | undefined,
  { one, all, whom, level }: Need,
): Found[] {
  if (!fact) return []
  const { limit, used = 0 } = fact
  const left = limit - used
  if (left >= all) return []
  const { name: what, unit = '' } = quotaOf(name)
  const inUse = `${what}: ${used} of ${limit}${unit} are in use`
  const action = raise(name)
  return [
    left < one
      ? { level: 'ERROR', code: 'QuotaReached', message: `${inUse}; one more cluster needs ${one}.`, action }
      : { level, code: 'QuotaTight', message: `${inUse}; ${whom} would need ${all}.`, action },
  ]
}

/** What the file system of one cluster takes of the storage. */
function lustreGiB({ storage }: Templates): number {
  const { SharedStorage = [] } = storage.lustre.configuration as {
    SharedStorage?: { FsxLustreSettings?: { StorageCapacity?: number } }[]
  }
  return SharedStorage.reduce((sum, one) => sum + (one.FsxLustreSettings?.StorageCapacity ?? 0), 0)
}
