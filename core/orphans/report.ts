// What the sweeper says of leftovers, for people and for programs.
import { Instant } from '../instant.ts'
import * as z from '../zod.ts'

/**
 * Everything that the service makes for a deployment, in the order in which it is deleted: what costs most and what holds
 * others comes first. Job logs and ParallelCluster's logs are kept on purpose until they expire, and are none of it.
 */
export const orphanKinds = [
  'stack',
  'parallelClusterStack',
  'instance',
  'fileSystem',
  'networkInterface',
  'volume',
  'accessPoint',
  'securityGroup',
  'subnet',
  'policy',
  'databaseLogin',
  'keyPair',
  'trustedKeys',
  'secret',
  'slot',
] as const
export const OrphanKind = z.enum(orphanKinds)
export type OrphanKind = z.infer<typeof OrphanKind>

/** How an environment is swept: whether orphans are ever deleted, and which kinds there can be. */
export const OrphanSettings = z.object({ sweep: z.enum(['report', 'delete']), kinds: z.array(OrphanKind) })
export type OrphanSettings = z.infer<typeof OrphanSettings>

/** What became of an orphan: `found` in a dry run, `waits` for others to be gone, `kept` since it may hold data. */
export const outcomes = ['found', 'deleted', 'deleting', 'waits', 'kept', 'byHand', 'failed'] as const

export const Orphan = z
  .object({
    kind: OrphanKind,
    /** What AWS knows it by. */
    id: z.string(),
    cluster: z.string(),
    deployment: z.string(),
    /** When its deployment was asked for. */
    since: Instant,
    /** NoCluster: the cluster has no record. OtherDeployment: it has, of a later life. */
    reason: z.enum(['NoCluster', 'OtherDeployment']),
    outcome: z.enum(outcomes),
    /** What it waits for, why it failed, or what is to be done by hand. */
    detail: z.optional(z.string()),
  })
  .register(z.globalRegistry, { id: 'Orphan' })
export type Orphan = z.infer<typeof Orphan>

export const OrphanReport = z
  .object({
    /** The environment that was looked at, and when. */
    site: z.string(),
    at: Instant,
    /** Deployments that were asked for later are left alone, whatever there is of them. */
    olderThanHours: z.number(),
    orphans: z.array(Orphan),
    /** Kinds that could not be looked at, and why. While there is one, nothing is deleted. */
    unseen: z.array(z.object({ kind: OrphanKind, message: z.string() })),
  })
  .register(z.globalRegistry, { id: 'OrphanReport' })
export type OrphanReport = z.infer<typeof OrphanReport>

/** What is still there, and will be unless somebody does something. */
export const remaining = ({ orphans }: Pick<OrphanReport, 'orphans'>): Orphan[] =>
  orphans.filter(({ outcome }) => outcome !== 'deleted' && outcome !== 'deleting')
