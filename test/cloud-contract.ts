// What the domain may rely on, whoever answers: run over the in-memory cloud and over the real one with a fake SDK.
import type { Cloud } from '../core/cloud.ts'
import { accountingContract } from './cloud-contract/accounting.ts'
import { activityContract } from './cloud-contract/activity.ts'
import { auditContract } from './cloud-contract/audit.ts'
import { dataContract } from './cloud-contract/data.ts'
import { nodeKeysContract } from './cloud-contract/node-keys.ts'
import { noticesContract } from './cloud-contract/notices.ts'
import { operationsContract } from './cloud-contract/operations.ts'
import { recordsContract } from './cloud-contract/records.ts'
import { removalContract } from './cloud-contract/removal.ts'
import { servicesContract } from './cloud-contract/services.ts'
import type { jobs } from './world/jobs.ts'

/** A cloud, its time, the messages and notices that left it, and the jobs on its clusters. */
export type Outside = {
  cloud: Cloud
  pass: (seconds: number) => Promise<unknown>
  sent: () => unknown[]
  told: () => unknown[]
  jobs: ReturnType<typeof jobs>
  /** What no deletion of a stack can delete from now on. */
  hold: (logicalIds: string[]) => void
  /** Somebody deletes by hand what deletions left. */
  deleteByHand: () => void
}

export function cloudContract(make: () => Outside): void {
  recordsContract(make)
  operationsContract(make)
  servicesContract(make)
  dataContract(make)
  noticesContract(make)
  accountingContract(make)
  auditContract(make)
  nodeKeysContract(make)
  activityContract(make)
  removalContract(make)
}
