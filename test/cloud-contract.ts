// What the domain may rely on, whoever answers: run over the in-memory cloud and over the real one with a fake SDK.
import type { Cloud } from '../core/cloud.ts'
import { accountingContract } from './cloud-contract/accounting.ts'
import { dataContract } from './cloud-contract/data.ts'
import { noticesContract } from './cloud-contract/notices.ts'
import { recordsContract } from './cloud-contract/records.ts'
import { removalContract } from './cloud-contract/removal.ts'
import { servicesContract } from './cloud-contract/services.ts'

/** A cloud, its time, and the messages and notices that left it. */
export type Outside = {
  cloud: Cloud
  pass: (seconds: number) => Promise<unknown>
  sent: () => unknown[]
  told: () => unknown[]
  /** What no deletion of a stack can delete from now on. */
  hold: (logicalIds: string[]) => void
}

export function cloudContract(make: () => Outside): void {
  recordsContract(make)
  servicesContract(make)
  dataContract(make)
  noticesContract(make)
  accountingContract(make)
  removalContract(make)
}
