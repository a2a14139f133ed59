// Whether the quotas of running vCPUs start what tiers have, and what clusters made to measure may get. A quota's whole is
// compared: what runs at the moment is somebody's cluster, and no sign of an account that is not fit.
import { headNodeType, type Templates, typesOf } from '../render/templates.ts'
import { instanceTypeFacts } from '../shape/instance-types.ts'
import { tailored } from '../shape/resources.ts'
import { candidatesFor } from '../shape/shape-candidates.ts'
import type { Place } from './questions.ts'
import { type QuotaName, quotas, raise } from './quotas.ts'
import type { Found } from './report.ts'

type LimitOf = (quota: QuotaName) => number | undefined

const byFamily: [family: RegExp, quota: QuotaName | undefined][] = [
  [/^hpc/, 'hpcVcpus'],
  [/^(g|gr|vt)\d/, 'gVcpus'],
  [/^p\d/, 'pVcpus'],
  [/^x\d/, 'xVcpus'],
  // They have quotas of their own, and no type of theirs is known.
  [/^(inf|trn|dl|mac)/, undefined],
  [/^[acdhimrtz]/, 'standardVcpus'],
]

/** The quota that an instance type's vCPUs count against (EC2 user guide, "On-Demand Instance quotas"). */
export const vcpuQuota = (instanceType: string): QuotaName | undefined =>
  byFamily.find(([family]) => family.test(instanceType))?.[1]

export const judgeVcpus = (place: Place, limitOf: LimitOf): Found[] => [
  ...tierNeeds(place.templates).flatMap((need) => judgeTier(need, limitOf(need.quota))),
  ...judgeTailored(place, limitOf),
]

type TierNeed = { quota: QuotaName; tier: string; smallest: number; whole: number }

/** What each tier needs of each quota: for one node of it, and for all of its nodes. */
function tierNeeds(templates: Templates): TierNeed[] {
  const vcpus = new Map(instanceTypeFacts.map((type) => [type.name, type.vcpus]))
  return Object.values(templates.tiers).flatMap((tier) => {
    const nodes = [
      { types: [headNodeType(templates, tier.name)], count: 1 },
      ...tier.queues.flatMap((queue) =>
        queue.ComputeResources.map((one) => ({ types: typesOf(one), count: one.MaxCount })),
      ),
    ]
    const needs = new Map<QuotaName, TierNeed>()
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

function judgeTier({ quota, tier, smallest, whole }: TierNeed, limit: number | undefined): Found[] {
  if (limit === undefined || limit >= whole) return []
  const message = `${ofAll(quota, limit)}; a cluster of tier ${tier} can need ${whole}`
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

/** Of the types that requests for resources may get, those of which not one node starts. */
function judgeTailored({ templates, site }: Place, limitOf: LimitOf): Found[] {
  const wish = { tier: tailored, resources: { nodes: 1, gpusPerNode: 1 } }
  const types = candidatesFor(templates, site, wish).map(({ type }) => type)
  const byQuota = Map.groupBy(types, ({ name }) => vcpuQuota(name))
  return [...byQuota].flatMap(([quota, ofQuota]): Found[] => {
    const limit = quota && limitOf(quota)
    const tooLarge = ofQuota
      .filter(({ vcpus }) => limit !== undefined && vcpus > limit)
      .sort((a, b) => a.vcpus - b.vcpus || (a.name < b.name ? -1 : 1))
    const [first] = tooLarge
    if (!quota || limit === undefined || !first) return []
    return [
      {
        // Who lists types means them; all that are known is more than anybody needs.
        level: site.instanceTypes ? 'WARNING' : 'INFO',
        code: 'QuotaTooSmall',
        message:
          `${ofAll(quota, limit)}; of the instance types that a request for resources may get, ` +
          `${tooLarge.length} of ${ofQuota.length} need more for one node, from ${first.name} (${first.vcpus}) on.`,
        action: `${raise(quota)} Or leave them out of instanceTypes in bin/app.ts.`,
      },
    ]
  })
}

const ofAll = (quota: QuotaName, limit: number): string =>
  `${quotas[quota].name}: ${limit} vCPUs, in use or not`
