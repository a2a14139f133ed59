// Lives of a cluster that the fault tests walk through. A caller in them asks again when a request fails, as callers do.

import type { Status } from '../../../core/cluster.ts'
import type { Context } from '../../../core/context.ts'
import { isAppError } from '../../../core/errors.ts'
import type { Limits } from '../../../core/queue/limits.ts'
import { accountingSite, siteWithFsx } from '../../core/samples.ts'
import { create, remove, rotate, update } from '../../wishes.ts'
import { makeWorld, type World } from '../../world.ts'

export type Scenario = {
  name: string
  /** Whether data are moved by tasks. */
  movesData?: boolean
  /** What the site bears at once, where it is less than ever. */
  limits?: Partial<Limits>
  live: (world: World) => Promise<void>
  /** The clusters that are there at the end, and their status. */
  end: Record<string, Status>
}

/** Long enough for several looks in each state, and no longer: each look is some cases more. */
export function quickWorld({ movesData = false, limits }: Omit<Partial<Scenario>, 'end'> = {}): World {
  const site = movesData ? siteWithFsx() : accountingSite()
  const limitSeconds = { ...site.limitSeconds, deleting: 120 }
  const world = makeWorld({ ...site, limitSeconds, limits: { ...site.limits, ...limits } })
  Object.assign(world.knob, { createSeconds: 60, deleteSeconds: 30, rollbackSeconds: 10, updateSeconds: 30 })
  Object.assign(world.knob, { drainSeconds: 5, taskSeconds: 15, silentSeconds: 200 })
  return world
}

/** Asks until it is answered; a failure that is an answer of its own is the caller's. */
export async function insist(
  world: World,
  request: (own: { context: Context }) => Promise<unknown>,
): Promise<void> {
  for (let times = 0; times < 5; times++) {
    const failed = await world.request((context) => request({ context }))
    if (!failed || isAppError(failed, 'ClusterNotFound')) return
    await world.advance(
      isAppError(failed, 'ClusterDeleting', 'TooManyClusters')
        ? 600
        : isAppError(failed, 'ClusterBusy')
          ? 60
          : 2,
    )
  }
  throw new Refused('the request was refused again and again')
}

export class Refused extends Error {}

export const make = (world: World, wish = {}) => insist(world, (own) => create(own, wish))
export const change = (world: World, wish: object, name?: string) =>
  insist(world, (own) => update(own, wish, name))
export const renew = (world: World) => insist(world, (own) => rotate(own))
export const unmake = (world: World) => insist(world, (own) => remove(own))

/** Enough for every wait there is: the sweep, a redelivery, a stuck deletion, keys that nobody came for. */
export const restSeconds = 3000
