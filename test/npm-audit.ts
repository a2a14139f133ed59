// What the package registry tells of known vulnerabilities in what is deployed, and whether it fails the gate.
import { spawnSync } from 'node:child_process'
import * as z from '../core/zod.ts'

const grave = ['high', 'critical']
const Report = z.object({
  auditReportVersion: z.number(),
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string() })),
})

/** `npm audit --json` of the production dependencies; no report where nobody answers. */
export const npmAudit = (cwd: string, env: NodeJS.ProcessEnv): string =>
  spawnSync('npm', ['audit', '--json', '--omit=dev', '--fetch-retries=0'], {
    ...{ cwd, env, encoding: 'utf8', timeout: 60_000 },
    stdio: ['ignore', 'pipe', 'ignore'],
  }).stdout ?? ''

/**
 * A silent registry fails nothing: not every mirror answers, and nobody does offline. What it does tell fails where changes
 * are checked; on a person's machine what was fine yesterday is not broken by what became known today.
 */
export function judgeAudit(answer: string, isCi: boolean): { say: string; fails: boolean } {
  const { success, data } = Report.safeParse(parsed(answer))
  if (!success) return { say: 'audit skipped: the package registry does not answer it', fails: false }
  const found = Object.entries(data.vulnerabilities).filter(([, { severity }]) => grave.includes(severity))
  if (found.length === 0) return { say: 'audit: no high or critical vulnerability', fails: false }
  const names = found.map(([name, { severity }]) => `${name} (${severity})`).join(', ')
  return { say: `audit found vulnerabilities: ${names}. \`npm audit --omit=dev\` has the rest`, fails: isCi }
}

export const isCi = ({ CI = '' }: NodeJS.ProcessEnv): boolean => !['', '0', 'false'].includes(CI)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
