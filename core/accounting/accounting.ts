// A deployment's access to the accounting database: made before its stack, kept in its record, gone with it.

import { databaseName, databaseUser } from '../names.ts'
import type { Site } from '../site.ts'
import * as z from '../zod.ts'

export const Accounting = z.object({
  /** host:port */
  uri: z.string(),
  databaseName: z.string().check(z.regex(/^[0-9a-z_]{1,64}$/)),
  userName: z.string().check(z.regex(/^[0-9a-z_]{1,32}$/)),
  /** The secret's whole text is the password, as ParallelCluster takes it. */
  passwordSecretArn: z.string(),
  /** Above all that the project's jobs ever had, so that ids never start over. */
  firstJobId: z.int().check(z.positive()),
})
export type Accounting = z.infer<typeof Accounting>

/** Slurm's default MaxJobId (slurm.conf(5)): past it slurmctld itself begins again at FirstJobId. */
export const maxJobId = 67_043_328

/** Where the next deployment's job ids begin. The last thousands are left: a first id must leave room for jobs. */
export const firstJobId = (highest: number): number => (highest + 10_000 < maxJobId ? highest + 1 : 1)

/** For a plan, which makes nothing: an access of the right kind. */
export const anExampleAccess = ({ region, accounting }: Site): Accounting => ({
  uri: accounting?.uri ?? 'localhost:3306',
  databaseName: databaseName('hpc-example'),
  userName: databaseUser({ deploymentId: '0'.repeat(26) }),
  passwordSecretArn: `arn:aws:secretsmanager:${region}:000000000000:secret:hpc-provisioner/example-000000`,
  firstJobId: 1,
})
