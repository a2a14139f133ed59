// The service quotas that clusters meet, and what one needs of each.
import { headNodeType, type Templates, typesOf } from '../render/templates.ts'
import { instanceTypeFacts } from '../shape/instance-types.ts'
import { slotCount } from '../slots.ts'
import { isGateway } from './gateways.ts'
import type { Facts, Place } from './questions.ts'
import type { Found } from './report.ts'

/** By Service Quotas' own codes and names: `aws service-quotas list-aws-default-service-quotas --service-code ec2`. */
export const quotas = {
  vpcs: { service: 'vpc', code: 'L-F678F1CE', name: 'VPCs per Region' },
  endpoints: { service: 'vpc', code: 'L-29B6F2EB', name: 'Interface VPC endpoints per VPC' },
  subnets: { service: 'vpc', code: 'L-407747CB', name: 'Subnets per VPC' },
  stacks: { service: 'cloudformation', code: 'L-0485CB21', name: 'Stack count' },
  lustre: { service: 'fsx', code: 'L-FD6F2F22', name: 'Lustre Persistent_2 file systems' },
  standardVcpus: { service: 'ec2', code: 'L-1216C47A', name: 'Running On-Demand Standard instances' },
  hpcVcpus: { service: 'ec2', code: 'L-F7808C92', name: 'Running On-Demand HPC instances' },
  gVcpus: { service: 'ec2', code: 'L-DB2E81BA', name: 'Running On-Demand G and VT instances' },
  pVcpus: { service: 'ec2', code: 'L-417A185B', name: 'Running On-Demand P instances' },
} as const
export type QuotaName = keyof typeof quotas

const byFamily: [family: RegExp, quota: QuotaName | undefined][] = [
  [/^hpc/, 'hpcVcpus'],
  [/^(g|gr|vt)\d/, 'gVcpus'],
  [/^p\d/, 'pVcpus'],
  // They have quotas of their own, which no tier meets.
  [/^(inf|trn|dl|mac)/, undefined],
  [/^[acdhimrtz]/, 'standardVcpus'],
]

/** The quota that an instance type's vCPUs count against (EC2 user guide, "On-Demand Instance quotas"). */
export const vcpuQuota = (instanceType: string): QuotaName | undefined =>
  byFamily.find(([family]) => family.test(instanceType))?.[1]

type Need = {
  /** How many must be free for one more cluster, and how many for all of `whom`. */
  one: number
  all: number
  whom: string
  level: 'WARNING' | 'INFO'
}

/** What is needed of things that are counted by pieces. */
function pieces({ expected }: Place, freeSubnets: number, endpointsUsed: number): Record<string, Need> {
  const ofClusters = (one: number): Need => ({
    one,
    all: one * freeSubnets,
    whom: 'as many clusters as there are subnets for',
    level: 'WARNING',
  })
  const interfaces = expected.endpoints.filter((service) => !isGateway(service)).length
  const missing = Math.max(0, interfaces - endpointsUsed)
  return {
    vpcs: { one: 0, all: 1, whom: 'another environment', level: 'INFO' },
    endpoints: { one: missing, all: missing, whom: 'the missing ones', level: 'WARNING' },
    subnets: ofClusters(1),
    // The cluster's own and ParallelCluster's.
    stacks: ofClusters(2),
    lustre: ofClusters(1),
  }
}

export function judgeQuotas(place: Place, facts: Facts['quotas']): Found[] {
  const freeSubnets = Math.max(0, slotCount(place.site.network) - (facts.subnets?.used ?? 0))
  const needs = Object.entries(pieces(place, freeSubnets, facts.endpoints?.used ?? 0))
  return [
    ...needs.flatMap(([name, need]) => judgePieces(name as QuotaName, facts[name], need)),
    ...vcpuNeeds(place.templates).flatMap((need) => judgeVcpus(need, facts[need.quota]?.limit)),
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
  const inUse = `${quotas[name].name}: ${used} of ${limit} are in use`
  const action = raise(name)
  return [
    left < one
      ? { level: 'ERROR', code: 'QuotaReached', message: `${inUse}; one more cluster needs ${one}.`, action }
      : { level, code: 'QuotaTight', message: `${inUse}; ${whom} would need ${all}.`, action },
  ]
}

type VcpuNeed = { quota: QuotaName; tier: string; smallest: number; whole: number }

/** What each tier needs of each quota: for one node of it, and for all of its nodes. */
function vcpuNeeds(templates: Templates): VcpuNeed[] {
  const vcpus = new Map(instanceTypeFacts.map((type) => [type.name, type.vcpus]))
  return Object.values(templates.tiers).flatMap((tier) => {
    const nodes = [
      { types: [headNodeType(templates, tier.name)], count: 1 },
      ...tier.queues.flatMap((queue) =>
        queue.ComputeResources.map((one) => ({ types: typesOf(one), count: one.MaxCount })),
      ),
    ]
    const needs = new Map<QuotaName, VcpuNeed>()
    for (const { types, count } of nodes) {
      const [quota] = types.map(vcpuQuota)
      const most = Math.max(...types.map((type) => vcpus.get(type) ?? 0))
      if (!quota) continue
      const { smallest, whole } = needs.get(quota) ?? { smallest: 0, whole: 0 }
      needs.set(quota, {
        quota,
        tier: tier.name,
        smallest: Math.max(smallest, most),
        whole: whole + count * most,
      })
    }
    return [...needs.values()]
  })
}

function judgeVcpus({ quota, tier, smallest, whole }: VcpuNeed, limit: number | undefined): Found[] {
  if (limit === undefined || limit >= whole) return []
  const message = `${quotas[quota].name}: ${limit} vCPUs; a cluster of tier ${tier} can need ${whole}`
  return [
    limit < smallest
      ? {
          level: 'ERROR',
          code: 'QuotaTooSmall',
          message: `${message}, one node of it ${smallest}.`,
          action: `${raise(quota)} Or take tier ${tier} out of cluster-configs/tiers/.`,
        }
      : {
          level: 'WARNING',
          code: 'QuotaTight',
          message: `${message}.`,
          action: `${raise(quota)} Or lower MaxCount in cluster-configs/tiers/${tier}.yaml.`,
        },
  ]
}

const raise = (name: QuotaName): string =>
  `Ask for more of ${quotas[name].service} ${quotas[name].code} in Service Quotas.`
