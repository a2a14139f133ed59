// From a wish and the site's values to a finished ParallelCluster configuration.

import type { Spec } from '../cluster.ts'
import type { Configuration } from '../pcluster/configuration.ts'
import { withChanges } from '../shape/changes.ts'
import { withShape } from '../shape/with-shape.ts'
import { inOrder, topLevelOrder } from './key-order.ts'
import { merge } from './merge.ts'
import { substitute } from './placeholders.ts'
import { queuesOf, type Templates, tierOf } from './templates.ts'
import type { Values } from './values.ts'

/** The same for the same arguments, key order included. Throws an Error that names the path of a value it lacks. */
export function renderConfiguration(templates: Templates, spec: Spec, values: Values): Configuration {
  const tier = tierOf(withShape(templates, spec), spec.tier)
  const { base, accounting, storage, benchmark, slurmRest, clusterRecord, user } = templates
  const parts = [
    base,
    storage.efs,
    spec.lustre ? storage.lustre : storage.noLustre,
    ...(values.databaseUri === undefined ? [] : [accounting]),
    ...(spec.benchmark ? [benchmark] : []),
    // A site without an identity provider has no keys to check a token with.
    ...(values.jwksKey === undefined ? [] : [slurmRest]),
  ]
  // A tier may add scripts, too.
  const all = [...parts, tier, clusterRecord].map((part) => part.configuration)
  const configuration = all.reduce(merge, {})
  const queues = withChanges(queuesOf(tier, parts), spec.changes ?? {}).map(inOrder.queue)
  const whole = merge(configuration, { Scheduling: { SlurmQueues: queues } })
  const ours: Values = { ...values, ...userValues(user) }
  return substitute(inOrder.keys(topLevelOrder, whole), ours) as Configuration
}

const userValues = ({ name, uid, gid }: Templates['user']) => ({
  'user.name': name,
  'user.uid': uid,
  'user.gid': gid,
})
