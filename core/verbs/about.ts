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

let document: Output<'getOpenApi'> | undefined

/** The same for every request of a version, so a process makes it once; and only one that is asked loads what it takes. */
export async function getOpenApi({ version }: Context): Promise<Output<'getOpenApi'>> {
  document ??= (await import('../openapi.ts')).openApi(version)
  return document
}
