// What ParallelCluster would refuse of a tier, found when the service is built: later each request for it would be.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { planOf } from '../core/plan.ts'
import { lineOf } from '../core/render/parse-templates.ts'
import type { Templates } from '../core/render/templates.ts'
import type { Site } from '../core/site.ts'
import { clusterConfigs } from './read-templates.ts'

/** Throws one Error with the file, the line and the reason of each mistake, in whatever way the tier can be asked for. */
export async function checkTiers(templates: Templates, site: Site, folder = clusterConfigs): Promise<void> {
  const problems = new Set<string>()
  for (const [tier, { accepts }] of Object.entries(templates.tiers)) {
    const file = `tiers/${tier}.yaml`
    const text = readFileSync(join(folder, file), 'utf8')
    for (const lustre of accepts.includes('lustre') ? [true, false] : [false])
      for (const benchmark of accepts.includes('benchmark') ? [true, false] : [false]) {
        const wish = { virtualLab: 'virtual-lab', project: 'project', tier, lustre, benchmark }
        const { findings } = await planOf({ templates, site }, wish)
        for (const { level, path, message } of findings) {
          const own = ownPath(path)
          if (level === 'ERROR') problems.add(`${file}:${lineOf(text, own)}: ${own.join('.')}: ${message}`)
        }
      }
  }
  if (problems.size > 0)
    throw new Error(`ParallelCluster would refuse what cluster-configs makes:\n${[...problems].join('\n')}`)
}

/** Where a tier's file says what stands in the configuration there; what it does not say is from base.yaml or storage/. */
const ownPath = (path: string): string[] => {
  const [, inQueues] = /^Scheduling\.SlurmQueues\.?(.*)$/.exec(path) ?? []
  const keys = inQueues === undefined ? `configuration.${path}` : `queues.${inQueues}`
  return keys.split('.').filter((key) => key !== '' && key !== '_schema')
}
