// What a configuration is answered with, and what would be made.

import { Resources, Shape } from './shape/resources.ts'
import * as z from './zod.ts'

export const Finding = z
  .object({
    level: z.enum(['ERROR', 'WARNING', 'INFO']),
    /** The rule's name in ParallelCluster. */
    validator: z.string(),
    /** Where, as in Scheduling.SlurmQueues.0.Name. */
    path: z.string(),
    message: z.string(),
    line: z.optional(z.int()),
    column: z.optional(z.int()),
  })
  .register(z.globalRegistry, { id: 'Finding' })
export type Finding = z.infer<typeof Finding>

/** What was found in a configuration, the gravest first. */
export const Verdict = z
  .object({
    valid: z.boolean(),
    findings: z.array(Finding),
    more: z.optional(z.int()).check(z.describe('How many findings there are beside these.')),
  })
  .register(z.globalRegistry, { id: 'Verdict' })

/** What a create would make; ids of what does not exist yet are examples. */
export const Plan = z
  .object({
    name: z.string(),
    tier: z.string(),
    lustre: z.boolean(),
    benchmark: z.boolean(),
    /** As in the cluster that the create would answer: what was asked for, and the shape chosen for it and why. */
    resources: z.nullable(Resources),
    shape: z.nullable(Shape),
    /** How long it would be there, and how long without a job; or `none`. */
    lifetime: z.string(),
    idleTimeout: z.string(),
    configuration: z.record(z.string(), z.unknown()),
    findings: z.array(Finding),
    template: z.record(z.string(), z.unknown()),
  })
  .register(z.globalRegistry, { id: 'Plan' })
export type Plan = z.infer<typeof Plan>
