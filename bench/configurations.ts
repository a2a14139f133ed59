// The configurations that both validators read: a sample of those that ParallelCluster has judged, where they stand
// beside the project, else every tier of cluster-configs/ as it is rendered.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { stringify } from 'yaml'
import { exampleSite } from '../cli/example-site.ts'
import { planOf } from '../core/plan.ts'
import { readTemplates } from '../lib/read-templates.ts'

export type Configurations = { source: string; typical: string; all: string[] }

const most = 100
const corpus = join(import.meta.dirname, '../../shared/pcluster/dev.jsonl.gz')
const linesOf = (text: string) => text.trimEnd().split('\n').length

export async function someConfigurations(): Promise<Configurations> {
  const [source, valid, all] = existsSync(corpus) ? judged() : await rendered()
  const [typical = ''] = [...valid].sort((a, b) => Math.abs(linesOf(a) - 100) - Math.abs(linesOf(b) - 100))
  return { source, typical, all }
}

type Found = [source: string, valid: string[], all: string[]]

function judged(): Found {
  const lines = gunzipSync(readFileSync(corpus)).toString().trimEnd().split('\n')
  const all = lines.map((line) => JSON.parse(line) as { yaml: string; tool_valid: boolean })
  const step = Math.ceil(all.length / most)
  return [
    "of ParallelCluster's own examples, tests and mutations of them",
    all.filter(({ tool_valid }) => tool_valid).map(({ yaml }) => yaml),
    all.filter((_, index) => index % step === 0).map(({ yaml }) => yaml),
  ]
}

async function rendered(): Promise<Found> {
  const known = { templates: readTemplates(), site: exampleSite('us-east-1') }
  const all = await Promise.all(
    Object.keys(known.templates.tiers).map(async (tier) => {
      const wish = { virtualLab: 'lab', project: 'project', tier, lustre: false, benchmark: false }
      const { configuration } = await planOf(known, wish)
      return stringify(configuration, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })
    }),
  )
  return ['rendered from cluster-configs/', all, all]
}
