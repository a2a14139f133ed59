// Configurations looked at before anything is built.
import type { Context } from '../context.ts'
import type { Input, Output } from '../contract.ts'
import { lifeFor, wishOf } from '../lifetime/choose-life.ts'
import { planOf } from '../plan.ts'
import { specFor } from '../shape/spec-for.ts'
import { askedFor, requireAsked } from '../shape/tiers.ts'

export async function planCluster(
  context: Context,
  input: Input<'planCluster'>,
): Promise<Output<'planCluster'>> {
  const asked = askedFor(context, input)
  requireAsked(context, asked)
  const { virtualLab, project } = input
  const times = wishOf(lifeFor(context, asked.tier, input))
  const plan = await planOf(context, { virtualLab, project, ...(await specFor(context, asked)) })
  return { ...plan, ...times }
}

// Aliases make 3 KiB of YAML into tens of thousands of mistakes, and a function's answer has at most 6 MB.
const mostFindings = 200

export async function validateConfiguration(
  _context: Context,
  { text, suppress, failureLevel, name }: Input<'validateConfiguration'>,
): Promise<Output<'validateConfiguration'>> {
  // Only who validates pays for loading the rules.
  const { validate } = await import('../pcluster/validate.ts')
  return validate(text, { name, suppress: suppress?.split(',') ?? [], failureLevel, most: mostFindings })
}
