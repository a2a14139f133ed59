// What a report of usage is asked by, and what it answers.
import * as z from 'zod'
import { Id } from '../cluster.ts'

/** The longest report, in days: a year, a leap one too. */
export const maxDays = 366
export const defaultDays = 30

// Slurm's clock is 32 bits wide; a day of a far-away year is a mistake.
const Day = z.iso.date().regex(/^20\d\d-/, 'must be a day as in 2026-11-22')

export const UsageInput = z
  .strictObject({
    virtualLab: Id.optional(),
    project: Id.optional(),
    from: Day.optional().meta({ description: `The first day; ${defaultDays - 1} days before the last.` }),
    to: Day.optional().meta({ description: 'The last day; today.' }),
    limit: z.coerce.number().int().min(1).max(100).default(50).meta({ description: 'Projects per page.' }),
    cursor: z.string().max(64).optional(),
  })
  .refine(({ virtualLab, project }) => project === undefined || virtualLab !== undefined, {
    path: ['virtualLab'],
    message: 'must be given with project, whose id is unique within its virtual lab only',
  })
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
        jobs: z.number().int(),
        nodeHours: z.number(),
        coreHours: z.number(),
      }),
    ),
    cursor: z.string().optional(),
  })
  .meta({ id: 'UsageReport' })
export type UsageReport = z.infer<typeof UsageReport>
