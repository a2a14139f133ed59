// The shape that an update makes of a cluster's present one: what of it stays, and whether there is such a shape here.

import type { Spec } from '../cluster.ts'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { type ComputeResource, tierOf } from '../render/templates.ts'
import { slotNodes } from '../slots.ts'
import { addChanges, type Changes } from './changes.ts'
import { tailored } from './resources.ts'
import { requireTier } from './tiers.ts'
import { withShape } from './with-shape.ts'

type Known = Pick<Context, 'templates' | 'site'>

/**
 * A tier that is named, also the one that framed a tailor-made cluster, ends what was tailor-made, and brings its own
 * counts and limits. Throws `UnknownTier`, and `InvalidRequest` for what the shape has not or the subnet does not hold.
 */
export function updatedSpec(
  { templates, site }: Known,
  from: Spec,
  wish: Changes & { tier?: string | undefined },
): Spec {
  const { tier = from.tier, ...changes } = wish
  const { changes: earlier = {}, resources, shape, lustre, benchmark } = from
  const staysTailored = wish.tier === undefined || wish.tier === tailored
  const own = resources && shape && tier === from.tier && staysTailored ? { resources, shape } : {}
  const isOther = tier !== from.tier || (shape !== undefined && !own.shape)
  const whole = { templates: withShape(templates, { tier, ...own }), site }
  requireTier(whole, tier)
  const all = addChanges(isOther ? {} : earlier, changes)
  requireCounts(
    tierOf(whole.templates, tier).queues.flatMap((queue) => queue.ComputeResources),
    {
      tier,
      asked: changes.maxCounts ?? {},
      all: all.maxCounts ?? {},
      room: slotNodes(site.network),
    },
  )
  return { tier, lustre, benchmark, ...own, ...(Object.keys(all).length > 0 ? { changes: all } : {}) }
}

type Counts = Record<string, number>

function requireCounts(
  resources: ComputeResource[],
  { tier, asked, all, room }: { tier: string; asked: Counts; all: Counts; room: number },
): void {
  const known = new Set(resources.map(({ Name }) => Name))
  const strangers = Object.keys(asked).filter((name) => !known.has(name))
  if (strangers.length > 0)
    throw invalid(
      strangers.map((name) => ({
        path: `body.maxCounts.${name}`,
        message: `must be a compute resource of the tier ${tier}: ${[...known].join(', ')}`,
      })),
    )
  const nodes = resources.reduce((sum, one) => sum + (all[one.Name] ?? one.MaxCount), 0)
  if (nodes > room)
    throw invalid([
      {
        path: 'body.maxCounts',
        message: `must leave at most ${room} nodes, which is what the cluster's subnet holds`,
      },
    ])
}

const invalid = (details: { path: string; message: string }[]): AppError =>
  new AppError('InvalidRequest', details.map(({ path, message }) => `${path} ${message}`).join('; '), {
    details,
  })
