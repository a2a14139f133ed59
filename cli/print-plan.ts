// A plan for people: the configuration on standard output, for files and pipes; what is to be said of it beside.
import type { Plan } from '../core/plan-answers.ts'
import { json } from './output.ts'
import type { Terminal } from './terminal.ts'

/** Ends with 1 where ParallelCluster would refuse the configuration. */
export async function printPlan(
  terminal: Terminal,
  { configuration, findings, shape }: Pick<Plan, 'configuration' | 'findings' | 'shape'>,
  asJson?: object,
): Promise<void> {
  terminal.out(asJson ? json(asJson) : await yamlOf(configuration))
  if (shape) terminal.err(`${shape.why}\n`)
  for (const { level, path, message } of findings) terminal.err(`${level} ${path}: ${message}\n`)
  if (findings.some(({ level }) => level === 'ERROR')) terminal.exitStatus = 1
}

async function yamlOf(configuration: object): Promise<string> {
  const { stringify } = await import('yaml')
  // As ParallelCluster reads it: a text that looks like a number of YAML 1.1 must be quoted.
  return stringify(configuration, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })
}
