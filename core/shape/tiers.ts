// Which tiers a wish may name, what it may give beside one, and whether they fit the site's subnets.
import type { Spec } from '../cluster.ts'
import type { Context } from '../context.ts'
import type { Input } from '../contract.ts'
import { AppError } from '../errors.ts'
import { computeNodes, type Templates } from '../render/templates.ts'
import { slotNodes } from '../slots.ts'
import { type Resources, tailored } from './resources.ts'
import { type Option, options } from './tier.ts'

type Known = Pick<Context, 'templates' | 'site'>

/** Throws `UnknownTier` unless the site has the tier and its subnets hold the most nodes that the tier can have. */
export function requireTier({ templates, site }: Known, tier: string): void {
  requireKnownTier({ templates }, tier)
  const nodes = computeNodes(templates, tier)
  const room = slotNodes(site.network)
  if (nodes > room)
    throw new AppError(
      'UnknownTier',
      `The tier ${tier} can have ${nodes} nodes, and a subnet of this site holds ${room}. Choose a smaller tier.`,
    )
}

function requireKnownTier({ templates }: Pick<Context, 'templates'>, tier: string): void {
  const known = Object.keys(templates.tiers)
  if (!known.includes(tier))
    throw new AppError(
      'UnknownTier',
      `There is no tier ${JSON.stringify(tier)}. The tiers are ${known.join(', ')}.`,
      {
        details: [{ path: 'tier', message: `must be one of ${known.join(', ')}` }],
      },
    )
}

/** What a wish says of the cluster's shape; the shape itself is chosen when the cluster is made. */
export type Asked = Pick<Spec, 'tier' | 'lustre' | 'benchmark' | 'resources'>

/** The wish with what it leaves open. */
export function askedFor({ templates }: Known, input: Input<'createCluster' | 'planCluster'>): Asked {
  const { resources, benchmark } = input
  const tier = input.tier ?? (resources ? tailored : 'debug')
  const lustre = input.lustre ?? optionsOf(templates, tier).includes('lustre')
  return { tier, lustre, benchmark, ...(resources ? { resources: given(resources) } : {}) }
}

/** Throws unless the site has what is asked for, as far as it can be told without choosing a shape. */
export function requireAsked(context: Known, asked: Asked): void {
  const { tier, resources } = asked
  // Resources narrow a tier, so that it may be larger than a subnet.
  if (!resources) requireTier(context, tier)
  else if (tier !== tailored) requireKnownTier(context, tier)
  const accepted = optionsOf(context.templates, tier)
  const details = options
    .filter((option) => asked[option] && !accepted.includes(option))
    .map((path) => ({ path, message: `is nothing that the tier ${tier} takes` }))
  if (details.length === 0) return
  const names = details.map(({ path }) => path).join(' and ')
  const takes = accepted.length ? accepted.join(', ') : 'nothing'
  throw new AppError('InvalidRequest', `The tier ${tier} takes no ${names}; it takes ${takes}.`, { details })
}

const optionsOf = ({ tiers }: Templates, tier: string): readonly Option[] =>
  (Object.hasOwn(tiers, tier) ? tiers[tier]?.accepts : undefined) ?? options

const given = (resources: Resources): Resources =>
  Object.fromEntries(Object.entries(resources).filter(([, value]) => value !== undefined)) as Resources
