// From what was asked to what is built: a tier as it is, or the shape that fits the resources.
import type { Spec } from '../cluster.ts'
import type { Context } from '../context.ts'
import type { Asked } from './tiers.ts'

/** The whole of it: a shape is chosen with code that no other request loads. Throws `NothingFits`. */
export async function specFor(
  { templates, site }: Pick<Context, 'templates' | 'site'>,
  asked: Asked,
): Promise<Spec> {
  const { tier, lustre, benchmark, resources } = asked
  if (!resources) return { tier, lustre, benchmark }
  const { shapeFor } = await import('./shape-candidates.ts')
  return { tier, lustre, benchmark, resources, shape: shapeFor(templates, site, { tier, resources }) }
}
