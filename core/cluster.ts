// What is known of one project's cluster: the stored record, its wishes and its facts.

import { Accounting } from './accounting/accounting.ts'
import { Instant } from './instant.ts'
import { Life, Watch } from './lifetime/life.ts'
import { Operation } from './queue/entry.ts'
import { Pair, Rotation } from './rotation.ts'
import { Changes } from './shape/changes.ts'
import { Resources, Shape } from './shape/resources.ts'
import * as z from './zod.ts'

// The rule for virtual labs and projects: UUIDs and dates fit; nothing in it means anything to a path or a shell.
export const Id = z
  .string()
  .check(
    z.regex(
      /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/,
      'must be 1 to 64 letters, digits or "-", starting with a letter or digit',
    ),
  )

export const ClusterName = z
  .string()
  .check(
    z.regex(/^hpc-[a-z0-9-]{1,36}$/, 'must be the name of a cluster, as in hpc-my-project-0123456789abcde'),
  )

// ParallelCluster's words, and the one that comes before them.
export const Status = z.enum([
  'CREATE_REQUEST_RECEIVED',
  'CREATE_IN_PROGRESS',
  'CREATE_COMPLETE',
  'CREATE_FAILED',
  'DELETE_IN_PROGRESS',
  'DELETE_FAILED',
  'UPDATE_IN_PROGRESS',
  'UPDATE_COMPLETE',
  'UPDATE_FAILED',
])
export type Status = z.infer<typeof Status>

export const Wanted = z.enum(['present', 'absent'])
export type Wanted = z.infer<typeof Wanted>

/** The shape that was asked for. */
export const Spec = z.object({
  tier: z.string(),
  lustre: z.boolean(),
  benchmark: z.boolean(),
  /** What a tailor-made cluster was asked for by, and what was chosen for it then. */
  resources: z.optional(Resources),
  shape: z.optional(Shape),
  /** What updates have made of the tier's own counts and limits. */
  changes: z.optional(Changes),
})
export type Spec = z.infer<typeof Spec>

/** Where the deployment's two key pairs are. The private halves are in Secrets Manager only. */
export const Keys = z.object({
  userSecretArn: z.string(),
  adminSecretArn: z.string(),
  /** The create's public key of the user, one authorized_keys line without a comment: the nodes' configuration has it. */
  userPublicKey: z.string(),
  /** The pairs that open the cluster now; none where nodes do not look for others. */
  current: z.optional(z.object({ user: Pair, admin: Pair })),
  /** Public keys of the admin that nodes must not trust any more. */
  retired: z.optional(z.array(z.string())),
  rotatedAt: z.optional(Instant),
})
export type Keys = z.infer<typeof Keys>

/** What CloudFormation tells of the head node; empty where the site builds none. */
export const HeadNode = z.object({
  instanceId: z.optional(z.string()),
  instanceType: z.optional(z.string()),
  launchTime: z.optional(z.string()),
  state: z.optional(z.string()),
  privateIpAddress: z.string(),
  /** The port of SSH: 22 but on a laptop without root. */
  sshPort: z.int(),
  /** The port of Slurm's REST API; none where there is no slurmrestd. */
  slurmRestPort: z.optional(z.int()),
})
export type HeadNode = z.infer<typeof HeadNode>

/** Why a cluster failed: a stable PascalCase reason for programs and a sentence for people. */
export const Failure = z.object({ reason: z.string(), message: z.string() })
export type Failure = z.infer<typeof Failure>

/** A task that moves data between the cluster's Lustre and its buckets: since when, and which one. */
const Move = { since: Instant, taskId: z.optional(z.string()), tries: z.int() }
/** After the create: what the buckets hold is made to be seen. */
export const DataImport = z.object({
  phase: z.enum(['running', 'over']),
  ...Move,
  /** When its progress was last told. */
  toldAt: Instant,
})
export type DataImport = z.infer<typeof DataImport>
/** Before the delete: the nodes end, then what the buckets lack is written to them. */
export const Flush = z.object({ phase: z.enum(['draining', 'exporting', 'over']), ...Move })
export type Flush = z.infer<typeof Flush>

/** A resource that a stack's deletion could not delete, with CloudFormation's reason. */
export const Leftover = z
  .object({ logicalId: z.string(), type: z.string(), physicalId: z.string(), reason: z.string() })
  .register(z.globalRegistry, { id: 'Leftover' })
export type Leftover = z.infer<typeof Leftover>

/** The removal of a cluster's stacks, from the first step of it on. */
export const Removal = z.object({
  since: Instant,
  /** Since when it is by force. */
  forcedAt: z.optional(Instant),
  /** How often CloudFormation could not delete all of the deployment's own stack. */
  tries: z.int(),
  /** How often we asked CloudFormation to delete ParallelCluster's stack, and it could not. */
  pclusterTries: z.int(),
  /** When the next try is due; none while one is under way. */
  retryAt: z.optional(Instant),
  /** What was told of it last, so that the same trouble is told once. */
  told: z.optional(z.string()),
  /** What the last try could not delete. */
  held: z.optional(z.array(Leftover)),
  /** By force: since when not all that it has beside its stacks could be given back, or looked for. */
  failingSince: z.optional(Instant),
  /** What the deletion of a stack was told to leave behind. */
  retained: z.optional(z.array(Leftover)),
})
export type Removal = z.infer<typeof Removal>

/**
 * One cluster as it is stored. `wanted`, `forced`, `spec`, `asked`, `generation`, `updateWishedAt`, `life`, `deploymentId`, `slot` and
 * `keys` are the API's to write, the rest the reconciler's. A rotation begins with the API and is the reconciler's then, `keys` with it.
 * One wish is the reconciler's too, as its caller's who gave the cluster an end: `wanted: absent` once its lifetime is
 * over. Each write is conditional on `version`, so a PATCH that extends it at the same moment comes before the end, or is
 * told that there is none any more.
 */
export const Cluster = z.object({
  name: z.string(),
  virtualLab: z.string(),
  project: z.string(),
  /** Rises by one with each write; a write names the version that it saw. */
  version: z.int(),

  wanted: Wanted,
  /** Whether the deletion may lose data and leave things behind. */
  forced: z.optional(z.boolean()),
  spec: Spec,
  /** What the create asked for, where an update has changed the spec since. */
  asked: z.optional(Spec),
  /** How many updates were wished for. */
  generation: z.optional(z.int()),
  /** When the last one was. */
  updateWishedAt: z.optional(Instant),
  deploymentId: z.string(),
  /** The number of the cluster's subnet in the address range; none once the cluster has failed and is cleaned up. */
  slot: z.optional(z.int()),
  keys: z.optional(Keys),
  rotation: z.optional(Rotation),
  requestedAt: Instant,
  /** How long it may be there; none for one without an end. */
  life: z.optional(Life),

  status: Status,
  statusSince: Instant,
  failure: z.optional(Failure),
  /** The shape that is there; `spec` where there was no update yet. */
  built: z.optional(Spec),
  /** The generation of the update that was begun last. */
  tried: z.optional(z.int()),
  /** Why the last update failed, for as long as the status says that it did. */
  updateFailure: z.optional(Failure),
  stackId: z.optional(z.string()),
  /** When a stack that it has was not found, which one look alone does not prove. */
  missedAt: z.optional(Instant),
  zone: z.optional(z.string()),
  /** Where its accounting is; none on a site without a database, and before the first stack. */
  accounting: z.optional(Accounting),
  subnetId: z.optional(z.string()),
  fsxId: z.optional(z.string()),
  dataImport: z.optional(DataImport),
  flush: z.optional(Flush),
  removal: z.optional(Removal),
  /** What someone else has done to the cluster's parts, as the last audit found it. */
  problems: z.optional(z.array(Failure)),
  headNode: z.optional(HeadNode),
  readyAt: z.optional(Instant),
  /** What was seen and told of its end. */
  watch: z.optional(Watch),
  /** Its operation that waits, or is in flight. */
  operation: z.optional(Operation),
  /** Whether its virtual lab's count has it: written with the count, see queue/claims.ts. */
  isCounted: z.optional(z.boolean()),
  /** Zones that had no capacity for this deployment, in the order in which they were tried. */
  zonesTried: z.optional(z.array(z.string())),
  /** ParallelCluster's own stack, whose events tell why a create failed, also when it is gone. */
  pclusterStackId: z.optional(z.string()),
  /** When the next look at it is due; none for one that stays as it is. */
  dueAt: z.optional(Instant),
})
export type Cluster = z.infer<typeof Cluster>

/** One line of a cluster's history. `at` and `id` order it; the message is a sentence. */
export const ClusterEvent = z.object({
  id: z.string(),
  cluster: z.string(),
  virtualLab: z.string(),
  project: z.string(),
  deploymentId: z.string(),
  at: Instant,
  type: z.enum(['Wish', 'Status', 'Failure', 'Progress', 'Warning']),
  status: z.optional(z.union([Status, z.literal('DELETE_COMPLETE')])),
  reason: z.optional(z.string()),
  message: z.string(),
  /** How long it took to get there, where something has come to an end. */
  seconds: z.optional(z.int()),
  /** Of a warning: when what it warns of comes. */
  endsAt: z.optional(Instant),
})
export type ClusterEvent = z.infer<typeof ClusterEvent>
