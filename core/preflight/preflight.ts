// Looks at the account that the service is deployed to: would a cluster come up, and would it be private?
import { judges } from './judges.ts'
import { type Facts, type Inspect, type Place, type Questions, questionsOf } from './questions.ts'
import { type CheckName, levels, type PreflightFinding, type PreflightReport } from './report.ts'

/** All checks at once. What a check cannot look at is a finding of its own, and the others go on. */
export async function preflight(place: Place, inspect: Inspect, now: Date): Promise<PreflightReport> {
  const { checks } = place.expected
  const questions = questionsOf(place)
  const found = await Promise.all(checks.map((check) => look(check, place, questions, inspect)))
  const findings = found.flat().sort((one, other) => levels.indexOf(one.level) - levels.indexOf(other.level))
  return {
    site: place.site.name,
    at: now.toISOString(),
    checks,
    passed: findings.every(({ level }) => level !== 'ERROR'),
    findings,
  }
}

async function look<C extends CheckName>(
  check: C,
  place: Place,
  questions: Questions,
  inspect: Inspect,
): Promise<PreflightFinding[]> {
  let facts: Facts[C]
  try {
    facts = await inspect[check](questions[check])
  } catch (error) {
    return [
      {
        level: 'ERROR',
        check,
        code: 'CheckFailed',
        message: `Could not look: ${error instanceof Error ? error.message : String(error)}`,
        action: 'Ask again; if it stays, the preflight function lacks a right, or the service is not there.',
      },
    ]
  }
  return judges[check](facts, place).map((one) => ({ ...one, check }))
}
