// What the service says of itself.
import type { Context } from '../context.ts'
import type { Output } from '../contract.ts'
import { tierSummaries } from '../templates.ts'

export const listTiers = async ({ templates }: Context): Promise<Output<'listTiers'>> => ({
  tiers: tierSummaries(templates),
})

export const getVersion = async ({ site, version }: Context): Promise<Output<'getVersion'>> => ({
  version,
  parallelCluster: site.provider.version,
  site: site.name,
})

export async function getOpenApi({ version }: Context): Promise<Output<'getOpenApi'>> {
  // Only who asks for it pays for making it.
  const { openApi } = await import('../openapi.ts')
  return openApi(version)
}
