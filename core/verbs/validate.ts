// Configurations looked at before anything is built.
import type { Context } from '../context.ts'
import type { Input, Output } from '../contract.ts'
import { planOf } from '../plan.ts'
import { requireTier } from '../tiers.ts'

export async function planCluster(
  context: Context,
  input: Input<'planCluster'>,
): Promise<Output<'planCluster'>> {
  const { dryRun: _dryRun, ...wish } = input
  requireTier(context, wish.tier)
  return planOf(context, wish)
}

export async function validateConfiguration(
  _context: Context,
  { text, suppress, failureLevel }: Input<'validateConfiguration'>,
): Promise<Output<'validateConfiguration'>> {
  // Only who validates pays for loading the rules.
  const { validate } = await import('../pcluster/validate.ts')
  return validate(text, { suppress: suppress?.split(',') ?? [], failureLevel })
}
