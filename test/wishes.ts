// Wishes as a caller speaks them, over the verbs.
import type { Context } from '../core/context.ts'
import type { Input } from '../core/contract.ts'
import type { ErrorCode } from '../core/errors.ts'
import { AppError } from '../core/errors.ts'
import { clusterName } from '../core/names.ts'
import type { KeyOwner } from '../core/rotation.ts'
import { createCluster } from '../core/verbs/create-cluster.ts'
import { verbs } from '../core/verbs/index.ts'

/** A world, or what one process has of it. */
type Asks = { context: Context }

export const aWish = {
  virtualLab: '1c9e1d8e-8c0b-4b0a-9a53-0f4f5f1e7a11',
  project: 'my-project',
  tier: 'debug',
  lustre: true,
  benchmark: false,
}
export const aName = clusterName(aWish)

export const wishFor = (project: string) => ({ ...aWish, project })
export const create = (world: Asks, wish: Partial<Input<'createCluster'>> = {}) =>
  createCluster(world.context, { ...aWish, ...wish })
export const get = (world: Asks, name = aName) => verbs.getCluster(world.context, { name })
export const update = (world: Asks, wish: object, name = aName) =>
  verbs.updateCluster(world.context, { name, ...wish })
export const rotate = (world: Asks, which: KeyOwner[] = ['user', 'admin'], name = aName) =>
  verbs.rotateKeys(world.context, { name, which })
export const remove = (world: Asks, name = aName, force = false) =>
  verbs.deleteCluster(world.context, { name, ...(force ? { force: 'true' } : {}) })
export const eventsOf = async (world: Asks, name = aName) =>
  (await verbs.listEvents(world.context, { name, limit: 100 })).events

/** The error that a call ends with; fails where it ends well. */
export async function refusal(call: Promise<unknown>): Promise<AppError> {
  const error = await call.then(
    () => new Error('it was not refused'),
    (reason: unknown) => reason,
  )
  if (error instanceof AppError) return error
  throw error
}
export const codeOf = async (call: Promise<unknown>): Promise<ErrorCode> => (await refusal(call)).code
