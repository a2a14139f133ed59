// All lives of a cluster that the fault tests walk through.
import { creation } from './scenarios/creation.ts'
import { keys } from './scenarios/keys.ts'
import { lifetime } from './scenarios/lifetime.ts'
import type { Scenario } from './scenarios/living.ts'
import { orphans } from './scenarios/orphans.ts'
import { queue } from './scenarios/queue.ts'
import { removal } from './scenarios/removal.ts'

export const scenarios: Scenario[] = [...creation, ...keys, ...queue, ...removal, ...lifetime, ...orphans]
