// What the sweeper works with.

import { OrphanSettings } from '../../core/orphans/report.ts'
import * as z from '../../core/zod.ts'
import { contextOfEnvironment, Env, fromEnvironment, json, tablesOf } from './env.ts'

const SweeperEnv = z.object({ ORPHANS: json(OrphanSettings) })

/** What only it may list and delete is made by its own file. */
export function sweeperOfEnvironment() {
  const { ORPHANS: settings } = fromEnvironment(SweeperEnv)
  const { cloud, site } = contextOfEnvironment()
  return { cloud, site, settings, tables: tablesOf(fromEnvironment(Env)) }
}
