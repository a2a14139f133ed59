// Which lifetime a cluster is given: the request's, or else the tier's, or else the site's, within what the site allows.
import type { Cluster } from '../cluster.ts'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import type { Templates } from '../render/templates.ts'
import { secondsOf } from './duration.ts'
import { type Life, type Lifetimes, type LifeWish, type TermName, termNames } from './life.ts'

const maximumOf = { lifetime: 'maxLifetime', idleTimeout: 'maxIdleTimeout' } as const

/** Throws `InvalidRequest` where the request gives more than the site allows. */
export function lifeFor(
  { templates, site }: Pick<Context, 'templates' | 'site'>,
  tier: string,
  wish: LifeWish,
): Life {
  requireAllowed(site.lifetimes, wish)
  const usual = usualLife(templates, tier, site.lifetimes)
  return termsOf({ ...usual, ...given(wish) })
}

/** The same with what a PATCH gives, which counts from now. */
export function changedLife({ life = {} }: Cluster, wish: LifeWish, lifetimes: Lifetimes, now: Date): Life {
  requireAllowed(lifetimes, wish)
  const since = now.toISOString()
  const { lifetime, idleTimeout } = { ...life, ...termsOf(wish, since) }
  const none = (name: TermName) => wish[name] === 'none'
  return {
    ...(lifetime && !none('lifetime') ? { lifetime } : {}),
    ...(idleTimeout && !none('idleTimeout') ? { idleTimeout } : {}),
    asked: life.asked ?? wishOf(life),
  }
}

/** What a cluster of the tier gets that is asked for without a word of it. A tier's own is cut to what the site allows. */
export function usualLife(
  { tiers }: Pick<Templates, 'tiers'>,
  tier: string,
  lifetimes: Lifetimes,
): Record<TermName, string> {
  const own: LifeWish = (Object.hasOwn(tiers, tier) ? tiers[tier] : undefined) ?? {}
  const usual = (name: TermName) => {
    const [length, most] = [own[name] ?? lifetimes[name] ?? 'none', lifetimes[maximumOf[name]]]
    return most && isMore(length, most) ? most : length
  }
  return { lifetime: usual('lifetime'), idleTimeout: usual('idleTimeout') }
}

/** Where a create that finds a cluster asks for other times than those that it was made with, and than those it has. */
export function lifeDifferences({ life = {} }: Cluster, wish: LifeWish): string[] {
  const [now, asked] = [wishOf(life), life.asked ?? wishOf(life)]
  return termNames
    .filter((name) => wish[name] !== undefined && wish[name] !== now[name] && wish[name] !== asked[name])
    .map((name) => `${name} ${now[name]} (asked: ${wish[name]})`)
}

/** The terms of a life in the words of a request. */
export const wishOf = ({ lifetime, idleTimeout }: Life): Record<TermName, string> => ({
  lifetime: lifetime?.length ?? 'none',
  idleTimeout: idleTimeout?.length ?? 'none',
})

export const asksForLife = (wish: LifeWish): boolean => Object.keys(given(wish)).length > 0

function requireAllowed(lifetimes: Lifetimes, wish: LifeWish): void {
  const details = termNames.flatMap((path) => {
    const [length, most] = [wish[path], lifetimes[maximumOf[path]]]
    return length && most && isMore(length, most)
      ? [{ path, message: `must be at most ${most} on this site` }]
      : []
  })
  if (details.length === 0) return
  const all = details.map(({ path, message }) => `${path} ${message}`).join(', and ')
  throw new AppError('InvalidRequest', `${all}. It can be asked for again before it is over.`, { details })
}

const isMore = (length: string, most: string): boolean =>
  length === 'none' || secondsOf(length) > secondsOf(most)

const termsOf = (wish: LifeWish, since?: string): Life =>
  Object.fromEntries(
    Object.entries(given(wish))
      .filter(([, length]) => length !== 'none')
      .map(([name, length]) => [name, { length, ...(since ? { since } : {}) }]),
  )

const given = ({ lifetime, idleTimeout }: LifeWish): LifeWish => ({
  ...(lifetime === undefined ? {} : { lifetime }),
  ...(idleTimeout === undefined ? {} : { idleTimeout }),
})
