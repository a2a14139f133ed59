// What a report of usage is asked by, and what it answers.

import { Id } from '../cluster.ts'
import * as z from '../zod.ts'

/** The longest report, in days: a year, a leap one too. */
export const maxDays = 366
export const defaultDays = 30

// Slurm's clock is 32 bits wide; a day of a far-away year is a mistake.
const Day = z.iso.date().check(z.regex(/^20\d\d-/, 'must be a day as in 2026-11-22'))

export const UsageInput = z
  .strictObject({
    virtualLab: z.optional(Id),
    project: z.optional(Id),
    from: z
      .optional(Day)
      .register(z.globalRegistry, { description: `The first day; ${defaultDays - 1} days before the last.` }),
    to: z.optional(Day).register(z.globalRegistry, { description: 'The last day; today.' }),
    limit: z
      ._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100)), 50)
      .register(z.globalRegistry, { description: 'Projects per page.' }),
    cursor: z.optional(z.string().check(z.maxLength(64))),
  })
  .check(
    z.refine(({ virtualLab, project }) => project === undefined || virtualLab !== undefined, {
      path: ['virtualLab'],
      message: 'must be given with project, whose id is unique within its virtual lab only',
    }),
  )
export type UsageInput = z.infer<typeof UsageInput>

export const UsageReport = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    usage: z.array(
      z.object({
        virtualLab: z.string(),
        project: z.string(),
        day: z.iso.date(),
        queue: z.string(),
        user: z.string(),
        jobs: z.int(),
        nodeHours: z.number(),
        coreHours: z.number(),
      }),
    ),
    cursor: z.optional(z.string()),
  })
  .register(z.globalRegistry, { id: 'UsageReport' })
export type UsageReport = z.infer<typeof UsageReport>
