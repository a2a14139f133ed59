// The one seam to the outside: everything the domain asks of it, in domain words. aws/cloud.ts makes the real
// one, test/world.ts an in-memory one with a clock and a fault for every call; one contract suite runs over both.
import type { Accounting } from './accounting/accounting.ts'
import type { UsageQuery, UsageRow } from './accounting/usage.ts'
import type { AuditEntry, AuditQuery, StoredEntry } from './audit/entry.ts'
import type { Cluster, ClusterEvent, Leftover, Status } from './cluster.ts'
import type { Activity } from './lifetime/activity.ts'
import type { Deployment, Tenant } from './names.ts'
import type { Notice } from './notices/notice.ts'
import type { Queue } from './queue/entry.ts'
import type { Start } from './queue/limits.ts'

export type Page<T> = { items: T[]; cursor?: string | undefined }

/** An event as a writer gives it: its id, its time and whose it is are added by the one who commits it. */
export type NewEvent = Pick<ClusterEvent, 'type' | 'message'> &
  Partial<Pick<ClusterEvent, 'status' | 'reason' | 'seconds' | 'endsAt'>>

/**
 * One atomic change: the record, the events that tell of it, the slot it takes or gives back, and what follows from it
 * for the counts and the queue (queue/claims.ts).
 * `before` is the record as it was seen (absent for a first create), `after` as it shall be (absent for a removal).
 */
export type Change = {
  before: Cluster | undefined
  after: Cluster | undefined
  events: NewEvent[]
  /** The entry of the audit trail, where somebody asked for the change. */
  audit?: StoredEntry
  /** What must hold beside where the virtual lab gets one cluster more, and where an operation is admitted. */
  bounds?: { clustersPerVirtualLab?: number; start?: Start }
  /** The slot stays taken although its record goes: a subnet in it remains. */
  keepsSlot?: boolean
}

/** The phases that matter of the many statuses of a stack. */
export type StackPhase =
  | 'absent'
  | 'creating'
  | 'ready'
  | 'failed'
  | 'updating'
  /** An update failed, and what was before it is there again. */
  | 'reverted'
  /** An update failed, and so did the way back. */
  | 'halfway'
  | 'deleting'
  | 'stuck'
export type Stack = {
  phase: StackPhase
  stackId?: string
  /** CloudFormation's own word, for people. */
  status?: string
  /** Whose it is, by its tags. ParallelCluster's stack has those of the stack that asked for it. */
  deploymentId?: string
  outputs: Record<string, string>
}

export type NewStack = {
  name: string
  template: object
  tags: Record<string, string>
  roleArn: string
}

export type StackDeletion = {
  /** Logical ids of resources that stay when the stack goes; only a stuck stack can be deleted so. */
  retain?: string[]
  /** The role that CloudFormation deletes with, where the stack has none of its own. */
  roleArn?: string
}

/** Asks for a look at a cluster; never says what to do. */
export type Message = {
  name: string
  deploymentId: string
  /** When the deployment was asked for: given by a create only, whose record may not be written yet, or never. */
  requestedAt?: string
  /** The rotation of keys that was asked for, whose secrets may be there before its record, or without it. */
  rotationId?: string
  /** How often such a message found no record so far. */
  missed?: number
  /** Something changed: look although the record says that a look is not due. */
  prompt?: boolean
}

export type NewDataTask = {
  /** The same token is the same task. At most 63 letters, digits, ".", "_" and "-". */
  token: string
  fileSystemId: string
  kind: 'importing' | 'exporting'
  /** Of an export: directories of the file system, without a leading slash. An import is of all that is linked. */
  paths: string[]
}
export type DataTask = {
  state: 'running' | 'done' | 'failed'
  /** How many files were found, moved, and not moved, as far as is known. */
  total: number
  succeeded: number
  failed: number
  /** FSx's own word on a failure. */
  message?: string
}

/** All outside calls may throw AppError `Unavailable`, which means: the same call may succeed later. */
export type Cloud = {
  now(): Date
  /** A new deployment id: lower-case, 26 characters, ordered by time. */
  newDeploymentId(): string
  /** 32 random bytes, the seed of one key pair. */
  newSeed(): Uint8Array

  getCluster(name: string): Promise<Cluster | undefined>
  /**
   * The record, which of the candidates (at most 90) no cluster has, and how many clusters the virtual lab has where one
   * is given: one round, read consistently.
   */
  getClusterAndFreeSlots(
    name: string,
    candidates: number[],
    virtualLab?: string,
  ): Promise<{ cluster: Cluster | undefined; freeSlots: number[]; clustersOfLab?: number }>
  listClusters(query: {
    limit: number
    cursor?: string | undefined
    virtualLab?: string | undefined
    status?: string | undefined
  }): Promise<Page<Cluster>>
  /** The clusters that were due for a look by then, soonest first. */
  listDue(by: Date, limit: number): Promise<Message[]>
  /**
   * Throws `Conflict` when the record is no longer as `before` says, another cluster has the slot, or a bound does not
   * hold; then nothing is written.
   */
  commit(change: Change): Promise<void>
  listEvents(query: { name: string; limit: number; cursor?: string | undefined }): Promise<Page<ClusterEvent>>

  /** Writes the entry of a request that changed nothing. */
  addAudit(entry: StoredEntry): Promise<void>
  /** Newest first. A page may be short; only a missing cursor ends the list. */
  listAudit(query: AuditQuery): Promise<Page<AuditEntry>>

  /** The whole queue of operations, read consistently. */
  getQueue(): Promise<Queue>

  /** How many slots clusters have. */
  countSlots(): Promise<number>
  countClusters(status: Status): Promise<number>

  /** Tells the event bus, in this order; when it throws, some of them may have gone out. */
  publish(notices: Notice[]): Promise<void>

  /** Has the reconciler look at the cluster after the delay (0 to 900 seconds). */
  wake(message: Message, delaySeconds: number): Promise<void>

  /** Stores a private key and answers the secret's ARN. Throws `Conflict` when the name is taken. */
  createSecret(name: string, value: string, tags: Record<string, string>): Promise<string>
  importKeyPair(name: string, publicKey: string, tags: Record<string, string>): Promise<void>
  /** The deletions of what is not there succeed. */
  deleteSecret(name: string): Promise<void>
  deleteKeyPair(name: string): Promise<void>
  getKeyPair(name: string): Promise<'there' | 'absent'>
  /** `leaving`: scheduled for deletion, which its owner can still undo. */
  getSecretState(name: string): Promise<'there' | 'leaving' | 'absent'>

  /** Says what the deployment's nodes shall trust: the text of trustedKeys in rotation.ts. The same again is the same. */
  putTrustedKeys(of: Deployment, text: string): Promise<void>
  /** The state that the deployment's head node has confirmed last. */
  getTrustedState(of: Deployment): Promise<string | undefined>
  deleteTrustedKeys(of: Deployment): Promise<void>

  /** `absent` also for a stack whose deletion is complete. */
  getStack(name: string): Promise<Stack>
  /** The template that a stack has now, which is there. */
  getTemplate(name: string): Promise<object>
  /**
   * Starts the creation; a stack of that name that exists is left as it is. `refused` is CloudFormation's reason
   * when it does not take the template, which asking again will not change.
   */
  createStack(stack: NewStack): Promise<{ refused?: string }>
  /**
   * Starts the update of a stack that is there. `done`: it is as the template says already. `refused` as for a create;
   * also where the stack is in no state to be updated.
   */
  updateStack(stack: NewStack): Promise<{ done?: boolean; refused?: string }>
  /** Starts the deletion; nothing to delete is success, and so is a stack that is still being updated: ask again. */
  deleteStack(name: string, how?: StackDeletion): Promise<void>
  /** The resources that the last deletion of a stuck stack could not delete; none of a stack that is not there. */
  listHeld(name: string): Promise<Leftover[]>
  /** Those of the resources that are still there; one of a type that it knows no way to look for counts as there. */
  listRemaining(leftovers: Leftover[]): Promise<Leftover[]>
  /** The first failure that CloudFormation tells of a stack's last create or update, in its own words. */
  getStackFailure(stackId: string): Promise<string | undefined>
  /** The id of the Lustre file system in ParallelCluster's own stack of the cluster; undefined where there is none. */
  getLustre(clusterName: string): Promise<string | undefined>
  /**
   * Asks ParallelCluster to end the cluster's compute nodes and to start no more; running jobs end with them. `stopped`
   * when that is so, and also where there is no fleet to stop.
   */
  stopFleet(clusterName: string): Promise<'stopping' | 'stopped'>
  /**
   * Starts a task. `busy` names another one that the file system has to end first, `refused` is FSx's reason why asking
   * again will not help.
   */
  startDataTask(task: NewDataTask): Promise<{ taskId?: string; busy?: string; refused?: string }>
  /** Undefined for one that is not known any more. */
  getDataTask(taskId: string): Promise<DataTask | undefined>
  /** What has ended already is success. */
  cancelDataTask(taskId: string): Promise<void>
  /**
   * Makes the project's database and the deployment's login to it, or finds them. `refused` is the database's reason
   * where asking again will not change it. Only for sites with accounting, as the two below.
   */
  prepareAccounting(of: Tenant & Deployment): Promise<Accounting | { refused: string }>
  /** Removes the deployment's login and ends the jobs that it left; the history stays. Nothing there is success. */
  removeAccounting(of: Deployment): Promise<void>
  /** What jobs used, of all projects that ever had a cluster: a page of whole projects, ordered. */
  readUsage(query: UsageQuery): Promise<Page<UsageRow>>

  /** What the deployment's head node told last of its jobs, however long ago; undefined where it told nothing. */
  getActivity(of: Deployment): Promise<Activity | undefined>

  /** The zones, of those given, that offer every one of the instance types. */
  zonesOffering(instanceTypes: string[], zones: string[]): Promise<string[]>
}
