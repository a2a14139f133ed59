// What is known of one project's cluster: the stored record, its wishes and its facts.
import * as z from 'zod'
import { Accounting } from './accounting/accounting.ts'
import { Life, Watch } from './lifetime/life.ts'
import { Operation } from './queue/entry.ts'
import { Pair, Rotation } from './rotation.ts'
import { Changes } from './shape/changes.ts'
import { Resources, Shape } from './shape/resources.ts'

// The rule for virtual labs and projects: UUIDs and dates fit; nothing in it means anything to a path or a shell.
export const Id = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/,
    'must be 1 to 64 letters, digits or "-", starting with a letter or digit',
  )

export const ClusterName = z
  .string()
  .regex(/^hpc-[a-z0-9-]{1,36}$/, 'must be the name of a cluster, as in hpc-my-project-0123456789abcde')

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
  resources: Resources.optional(),
  shape: Shape.optional(),
  /** What updates have made of the tier's own counts and limits. */
  changes: Changes.optional(),
})
export type Spec = z.infer<typeof Spec>

/** Where the deployment's two key pairs are. The private halves are in Secrets Manager only. */
export const Keys = z.object({
  userSecretArn: z.string(),
  adminSecretArn: z.string(),
  /** The create's public key of the user, one authorized_keys line without a comment: the nodes' configuration has it. */
  userPublicKey: z.string(),
  /** The pairs that open the cluster now; none where nodes do not look for others. */
  current: z.object({ user: Pair, admin: Pair }).optional(),
  /** Public keys of the admin that nodes must not trust any more. */
  retired: z.array(z.string()).optional(),
  rotatedAt: z.iso.datetime().optional(),
})
export type Keys = z.infer<typeof Keys>

/** What CloudFormation tells of the head node; empty where the site builds none. */
export const HeadNode = z.object({
  instanceId: z.string().optional(),
  instanceType: z.string().optional(),
  launchTime: z.string().optional(),
  state: z.string().optional(),
  privateIpAddress: z.string(),
  /** The port of SSH: 22 but on a laptop without root. */
  sshPort: z.number().int(),
  /** The port of Slurm's REST API; none where there is no slurmrestd. */
  slurmRestPort: z.number().int().optional(),
})
export type HeadNode = z.infer<typeof HeadNode>

/** Why a cluster failed: a stable PascalCase reason for programs and a sentence for people. */
export const Failure = z.object({ reason: z.string(), message: z.string() })
export type Failure = z.infer<typeof Failure>

/** A task that moves data between the cluster's Lustre and its buckets: since when, and which one. */
const Move = { since: z.iso.datetime(), taskId: z.string().optional(), tries: z.number().int() }
/** After the create: what the buckets hold is made to be seen. */
export const DataImport = z.object({
  phase: z.enum(['running', 'over']),
  ...Move,
  /** When its progress was last told. */
  toldAt: z.iso.datetime(),
})
export type DataImport = z.infer<typeof DataImport>
/** Before the delete: the nodes end, then what the buckets lack is written to them. */
export const Flush = z.object({ phase: z.enum(['draining', 'exporting', 'over']), ...Move })
export type Flush = z.infer<typeof Flush>

/** A resource that a stack's deletion could not delete, with CloudFormation's reason. */
export const Leftover = z
  .object({ logicalId: z.string(), type: z.string(), physicalId: z.string(), reason: z.string() })
  .meta({ id: 'Leftover' })
export type Leftover = z.infer<typeof Leftover>

/** The removal of a cluster's stacks, from the first step of it on. */
export const Removal = z.object({
  since: z.iso.datetime(),
  /** Since when it is by force. */
  forcedAt: z.iso.datetime().optional(),
  /** How often CloudFormation could not delete all of the deployment's own stack. */
  tries: z.number().int(),
  /** How often we asked CloudFormation to delete ParallelCluster's stack, and it could not. */
  pclusterTries: z.number().int(),
  /** When the next try is due; none while one is under way. */
  retryAt: z.iso.datetime().optional(),
  /** What was told of it last, so that the same trouble is told once. */
  told: z.string().optional(),
  /** What the last try could not delete. */
  held: z.array(Leftover).optional(),
  /** By force: since when not all that it has beside its stacks could be given back, or looked for. */
  failingSince: z.iso.datetime().optional(),
  /** What the deletion of a stack was told to leave behind. */
  retained: z.array(Leftover).optional(),
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
  version: z.number().int(),

  wanted: Wanted,
  /** Whether the deletion may lose data and leave things behind. */
  forced: z.boolean().optional(),
  spec: Spec,
  /** What the create asked for, where an update has changed the spec since. */
  asked: Spec.optional(),
  /** How many updates were wished for. */
  generation: z.number().int().optional(),
  /** When the last one was. */
  updateWishedAt: z.iso.datetime().optional(),
  deploymentId: z.string(),
  /** The number of the cluster's subnet in the address range; none once the cluster has failed and is cleaned up. */
  slot: z.number().int().optional(),
  keys: Keys.optional(),
  rotation: Rotation.optional(),
  requestedAt: z.iso.datetime(),
  /** How long it may be there; none for one without an end. */
  life: Life.optional(),

  status: Status,
  statusSince: z.iso.datetime(),
  failure: Failure.optional(),
  /** The shape that is there; `spec` where there was no update yet. */
  built: Spec.optional(),
  /** The generation of the update that was begun last. */
  tried: z.number().int().optional(),
  /** Why the last update failed, for as long as the status says that it did. */
  updateFailure: Failure.optional(),
  stackId: z.string().optional(),
  /** When a stack that it has was not found, which one look alone does not prove. */
  missedAt: z.iso.datetime().optional(),
  zone: z.string().optional(),
  /** Where its accounting is; none on a site without a database, and before the first stack. */
  accounting: Accounting.optional(),
  subnetId: z.string().optional(),
  fsxId: z.string().optional(),
  dataImport: DataImport.optional(),
  flush: Flush.optional(),
  removal: Removal.optional(),
  /** What someone else has done to the cluster's parts, as the last audit found it. */
  problems: z.array(Failure).optional(),
  headNode: HeadNode.optional(),
  readyAt: z.iso.datetime().optional(),
  /** What was seen and told of its end. */
  watch: Watch.optional(),
  /** Its operation that waits, or is in flight. */
  operation: Operation.optional(),
  /** Whether its virtual lab's count has it: written with the count, see queue/claims.ts. */
  isCounted: z.boolean().optional(),
  /** Zones that had no capacity for this deployment, in the order in which they were tried. */
  zonesTried: z.array(z.string()).optional(),
  /** ParallelCluster's own stack, whose events tell why a create failed, also when it is gone. */
  pclusterStackId: z.string().optional(),
  /** When the next look at it is due; none for one that stays as it is. */
  dueAt: z.iso.datetime().optional(),
})
export type Cluster = z.infer<typeof Cluster>

/** One line of a cluster's history. `at` and `id` order it; the message is a sentence. */
export const ClusterEvent = z.object({
  id: z.string(),
  cluster: z.string(),
  virtualLab: z.string(),
  project: z.string(),
  deploymentId: z.string(),
  at: z.iso.datetime(),
  type: z.enum(['Wish', 'Status', 'Failure', 'Progress', 'Warning']),
  status: Status.or(z.literal('DELETE_COMPLETE')).optional(),
  reason: z.string().optional(),
  message: z.string(),
  /** How long it took to get there, where something has come to an end. */
  seconds: z.number().int().optional(),
  /** Of a warning: when what it warns of comes. */
  endsAt: z.iso.datetime().optional(),
})
export type ClusterEvent = z.infer<typeof ClusterEvent>
