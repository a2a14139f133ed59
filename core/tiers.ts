// Which tiers a wish may name, and whether they fit the site's subnets.
import type { Context } from './context.ts'
import { AppError } from './errors.ts'
import { slotNodes } from './slots.ts'
import { computeNodes } from './templates.ts'

/** Throws `UnknownTier` unless the site has the tier and its subnets hold the most nodes that the tier can have. */
export function requireTier({ templates, site }: Pick<Context, 'templates' | 'site'>, tier: string): void {
  const known = Object.keys(templates.tiers)
  if (!known.includes(tier))
    throw new AppError(
      'UnknownTier',
      `There is no tier ${JSON.stringify(tier)}. The tiers are ${known.join(', ')}.`,
      {
        details: [{ path: 'tier', message: `must be one of ${known.join(', ')}` }],
      },
    )
  const nodes = computeNodes(templates, tier)
  const room = slotNodes(site.network)
  if (nodes > room)
    throw new AppError(
      'UnknownTier',
      `The tier ${tier} can have ${nodes} nodes, and a subnet of this site holds ${room}. Choose a smaller tier.`,
    )
}
