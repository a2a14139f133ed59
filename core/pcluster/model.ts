// Every rule of ParallelCluster's model that needs no AWS, over one configuration.
import type { Configuration } from './configuration.ts'
import type { Level, Path } from './findings.ts'
import { developmentRules } from './rules/development.ts'
import { directoryRules } from './rules/directory.ts'
import { lustreRules } from './rules/lustre.ts'
import { nameRules } from './rules/names.ts'
import { networkingRules } from './rules/networking.ts'
import { nodeRules } from './rules/nodes.ts'
import { queueRules } from './rules/queues.ts'
import type { Rules } from './rules/rule.ts'
import { slurmRules } from './rules/slurm.ts'
import { storageRules } from './rules/storage.ts'
import { tagRules } from './rules/tags.ts'
import { urlRules } from './rules/urls.ts'
import { volumeRules } from './rules/volumes.ts'

export const modelRules: Rules = {
  ...developmentRules,
  ...directoryRules,
  ...lustreRules,
  ...nameRules,
  ...networkingRules,
  ...nodeRules,
  ...queueRules,
  ...slurmRules,
  ...storageRules,
  ...tagRules,
  ...urlRules,
  ...volumeRules,
}

type ModelFinding = { level: Level; validator: string; path: Path; message: string }

export function modelFindings(configuration: Configuration, clusterName?: string): ModelFinding[] {
  const findings: ModelFinding[] = []
  for (const [validator, rule] of Object.entries(modelRules))
    rule(
      configuration,
      (path, message, level = 'ERROR') => findings.push({ level, validator, path, message }),
      clusterName,
    )
  return findings
}
