// What the service says of itself.
import type { Context } from '../context.ts'
import type { Output } from '../contract.ts'
import { usualLife } from '../lifetime/choose-life.ts'
import { tierSummaries } from '../render/templates.ts'

export const listTiers = async ({ templates, site }: Context): Promise<Output<'listTiers'>> => ({
  tiers: tierSummaries(templates).map((tier) => ({
    ...tier,
    ...usualLife(templates, tier.name, site.lifetimes),
  })),
})

export const getVersion = async ({ site, version }: Context): Promise<Output<'getVersion'>> => ({
  version,
  parallelCluster: site.provider.version,
  site: site.name,
})

export const getOpenApi = async ({ openApi }: Context): Promise<Output<'getOpenApi'>> => openApi()
