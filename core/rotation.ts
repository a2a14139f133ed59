// The change of a cluster's key pairs while it runs: the wish, how far it is, and what its nodes shall trust meanwhile.

import type { Cluster } from './cluster.ts'
import { Instant } from './instant.ts'
import type { Deployment } from './names.ts'
import * as z from './zod.ts'

export const keyOwners = ['user', 'admin'] as const
export const KeyOwner = z.enum(keyOwners)
export type KeyOwner = z.infer<typeof KeyOwner>

/** A pair whose private half is in Secrets Manager; `rotationId` ends the secret's name, but of the create's pairs. */
export const Pair = z.object({
  rotationId: z.optional(z.string()),
  secretArn: z.string(),
  /** The type and the base64 part. */
  publicKey: z.string(),
})
export type Pair = z.infer<typeof Pair>
export type Pairs = { [owner in KeyOwner]?: Pair | undefined }

export const Rotation = z.object({
  id: z.string(),
  /** Nodes trust both until the new pairs are installed; then the new ones are the cluster's, and the old ones go. */
  phase: z.enum(['installing', 'retiring', 'over']),
  since: Instant,
  /** When the phase's text was first written: from then on the head node can do it, and has so long for it. */
  writtenAt: z.optional(Instant),
  /** Those that are not the cluster's own: the new ones while they are installed, the old ones after that. */
  pairs: z.object({ user: z.optional(Pair), admin: z.optional(Pair) }),
  /** Why it stopped; asking again goes on with it. */
  failure: z.optional(z.object({ reason: z.string(), message: z.string() })),
})
export type Rotation = z.infer<typeof Rotation>

/** The body of the request. */
export const RotateKeys = z
  .strictObject({
    which: z._default(z.array(KeyOwner).check(z.minLength(1), z.maxLength(2)), [...keyOwners]),
  })
  .register(z.globalRegistry, { id: 'RotateKeys' })

/** Where a cluster's keys stand, for its view. */
export const KeysView = z.object({
  state: z.enum(['current', 'installing', 'retiring', 'failed']),
  /** Whose keys the rotation under way changes. */
  rotating: z.array(KeyOwner),
  rotatedAt: z.nullable(Instant),
  reason: z.nullable(z.string()),
  message: z.nullable(z.string()),
})

export const isRotating = ({ rotation }: Cluster): boolean =>
  rotation !== undefined && rotation.phase !== 'over'

/** Whether there is something to do for it. */
export const rotationIsDue = (cluster: Cluster): boolean =>
  isRotating(cluster) && cluster.rotation?.failure === undefined

export const ownersOf = ({ pairs }: Pick<Rotation, 'pairs'>): KeyOwner[] =>
  keyOwners.filter((owner) => pairs[owner] !== undefined)

export function keysView({ keys, rotation }: Cluster): z.infer<typeof KeysView> | null {
  if (!keys) return null
  const { phase = 'over', failure, pairs = {} } = rotation ?? {}
  return {
    state: failure ? 'failed' : phase === 'over' ? 'current' : phase,
    rotating: phase === 'over' ? [] : ownersOf({ pairs }),
    rotatedAt: keys.rotatedAt ?? null,
    reason: failure?.reason ?? null,
    message: failure?.message ?? null,
  }
}

/** The rotations whose secrets the cluster may hold, beside those of its create. */
export function rotationIds({ keys, rotation }: Cluster): string[] {
  const held = [keys?.current?.user, keys?.current?.admin, rotation?.pairs.user, rotation?.pairs.admin]
  return [...new Set(held.flatMap((pair) => pair?.rotationId ?? []))]
}

/** The object with what the deployment's nodes shall trust. */
export const trustedKeysObject = ({ name, deploymentId }: Deployment): string =>
  `${name}/${deploymentId}/trusted-keys`

/** What the head node confirms to have done. */
export const stateOf = ({ id, phase }: Rotation): string => `${id}-${phase}`

/**
 * The text of that object, a line per key, as cluster-configs/scripts/node-keys.sh reads it. It names all that a node
 * has to know, so that one which was away does not need the texts in between.
 */
export function trustedKeys({ keys, rotation }: Cluster): string {
  if (!keys?.current || !rotation)
    throw new Error('Only a cluster that has asked for new keys has such a text.')
  const { current, retired = [] } = keys
  const others = rotation.phase === 'installing' ? rotation.pairs : {}
  const trusted = keyOwners.flatMap((owner) =>
    [current[owner], others[owner]].flatMap((pair) =>
      pair ? [`trust ${owner} ${base64(pair.publicKey)}`] : [],
    ),
  )
  const dropped = retired.map((publicKey) => `drop admin ${base64(publicKey)}`)
  return [`state ${stateOf(rotation)}`, ...trusted, ...dropped, ''].join('\n')
}

const base64 = (publicKey: string): string => publicKey.split(' ')[1] ?? ''
