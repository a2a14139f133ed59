// What preflight works with.

import { Expected, type Place } from '../../core/preflight/questions.ts'
import * as z from '../../core/zod.ts'
import { fromEnvironment, json, SiteVariable, templatesBeside } from './env.ts'

const PreflightEnv = z.object({ SITE: SiteVariable, SLOTS_TABLE: z.string(), PREFLIGHT: json(Expected) })

export function placeOfEnvironment(): Place & { slotsTable: string } {
  const { SITE, SLOTS_TABLE, PREFLIGHT } = fromEnvironment(PreflightEnv)
  return { site: SITE, templates: templatesBeside(), expected: PREFLIGHT, slotsTable: SLOTS_TABLE }
}
