// The parts of an environment that say who may call, and how often.
import * as z from '../core/zod.ts'

// The session's ARN (sts) is what people copy from `get-caller-identity`, but aws:PrincipalArn is the role's.
const callerArn = /^arn:[a-z-]+:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/
const Callers = z
  .array(z.string().check(z.regex(callerArn, 'must be the ARN of one IAM role or user')))
  .check(z.minLength(1))

/** A token bucket of API Gateway's: so many requests a second, and so many at once. */
export const Throttle = z.strictObject({
  rate: z.number().check(z.positive()),
  burst: z.int().check(z.positive()),
})
export type Throttle = z.infer<typeof Throttle>

export const callingParts = {
  /** The roles, and where it cannot be helped users, of the Workflow Service. Everyone else is denied. */
  callers: Callers,
  /** What these callers may ask together. */
  throttle: z.prefault(Throttle, { rate: 50, burst: 100 }),
  /**
   * Further callers, each group with an address (…/NAME) and limits of its own: what one asks takes nothing from another.
   * docs/decisions/2026-11-22-limits-per-caller.md
   */
  stages: z._default(
    z.record(
      z.string().check(z.regex(/^[a-z][a-z0-9-]{0,40}$/, 'must be lower-case letters, digits and "-"')),
      z.strictObject({ callers: Callers, throttle: Throttle }),
    ),
    {},
  ),
}

type Calling = { callers: string[]; stages: Record<string, { callers: string[] }> }

/** All that may call, by whichever address. */
export const allCallers = ({ callers, stages }: Calling): string[] => [
  ...new Set([...callers, ...Object.values(stages).flatMap((stage) => stage.callers)]),
]
