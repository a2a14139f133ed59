// What preflight says of a deployed account, for people and for programs.
import { Instant } from '../instant.ts'
import * as z from '../zod.ts'

/** Each looks at one part of the account, and can be left out where there is no such part (an emulator). */
export const checkNames = [
  'endpoints',
  'dns',
  'routes',
  'peering',
  'mountTargets',
  'slots',
  'quotas',
  'provider',
  'image',
] as const
export const CheckName = z.enum(checkNames)
export type CheckName = z.infer<typeof CheckName>

/** ERROR: clusters fail, or are not private. WARNING: some kinds or numbers of clusters fail. INFO: good to know. */
export const levels = ['ERROR', 'WARNING', 'INFO'] as const

export const PreflightFinding = z
  .object({
    level: z.enum(levels),
    check: CheckName,
    /** A stable word. */
    code: z.string(),
    /** What is so. */
    message: z.string(),
    /** What to do. */
    action: z.string(),
  })
  .register(z.globalRegistry, { id: 'PreflightFinding' })
export type PreflightFinding = z.infer<typeof PreflightFinding>
/** A finding as its check gives it. */
export type Found = Omit<PreflightFinding, 'check'>

export const PreflightReport = z
  .object({
    /** The environment that was looked at, when, and by which checks. */
    site: z.string(),
    at: Instant,
    checks: z.array(CheckName),
    /** No finding is an ERROR. */
    passed: z.boolean(),
    findings: z.array(PreflightFinding),
  })
  .register(z.globalRegistry, { id: 'PreflightReport' })
export type PreflightReport = z.infer<typeof PreflightReport>
