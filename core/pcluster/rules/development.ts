// DevSettings: JSON inside of text.
import { constants } from '../constants.ts'
import { readJson } from '../section-rules.ts'
import type { Rules } from './rule.ts'

const dig = (value: unknown, ...keys: string[]): unknown =>
  keys.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined,
    value,
  )

export const developmentRules: Rules = {
  // The real tool looks at it before its schema and has no validator for it; this is the name in our corpus.
  $InstanceTypesData: ({ DevSettings }, tell) => {
    const data = DevSettings?.InstanceTypesData
    if (data && !readJson(data)) tell(['DevSettings', 'InstanceTypesData'], 'InstanceTypesData must be JSON.')
  },
  ExtraChefAttributesValidator: ({ DevSettings }, tell) => {
    const text = DevSettings?.Cookbook?.ExtraChefAttributes
    if (!text) return
    const at = ['DevSettings', 'Cookbook', 'ExtraChefAttributes']
    const attributes = readJson(text)?.value
    const least = constants.shortestReconfigureTimeout
    const timeout = dig(attributes, 'cluster', 'slurm', 'reconfigure_timeout') ?? undefined
    if (timeout !== undefined && !isWholeNumber(timeout, text))
      tell(at, 'cluster.slurm.reconfigure_timeout must be a whole number.')
    else if (timeout !== undefined && Number(timeout) <= least)
      tell(at, `cluster.slurm.reconfigure_timeout must be above ${least}.`)
    for (const [name, risky] of [
      ['cluster_readiness_check_enabled', 'false'],
      ['cluster_readiness_check_ignore_failure', 'true'],
    ] as const) {
      const value = dig(attributes, 'cluster', name) ?? undefined
      if (value === undefined) continue
      const word = String(value).toLowerCase()
      if (word !== 'true' && word !== 'false') tell(at, `cluster.${name} must be true or false.`)
      else if (word === risky)
        tell(
          at,
          `With cluster.${name} ${risky} a cluster counts as ready though nodes of it may not be.`,
          'WARNING',
        )
    }
  },
}

/** JSON's 400.0 is no whole number to Python. */
const isWholeNumber = (value: unknown, text: string): boolean =>
  Number.isInteger(value) && !/"reconfigure_timeout"\s*:\s*-?\d+(?:\.|[eE])/.test(text)
