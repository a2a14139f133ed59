// What the domain may rely on, whoever answers: run over the in-memory cloud and over the real one with a fake SDK.
import type { Cloud } from '../core/cloud.ts'
import { accountingContract } from './cloud-contract/accounting.ts'
import { dataContract } from './cloud-contract/data.ts'
import { noticesContract } from './cloud-contract/notices.ts'
import { operationsContract } from './cloud-contract/operations.ts'
import { recordsContract } from './cloud-contract/records.ts'
import { servicesContract } from './cloud-contract/services.ts'

/** A cloud, its time, and the messages and notices that left it. */
export type Outside = {
  cloud: Cloud
  pass: (seconds: number) => Promise<unknown>
  sent: () => unknown[]
  told: () => unknown[]
}

export function cloudContract(make: () => Outside): void {
  recordsContract(make)
  operationsContract(make)
  servicesContract(make)
  dataContract(make)
  noticesContract(make)
  accountingContract(make)
}
