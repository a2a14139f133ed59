// The configurations with the real tool's verdicts; they stand beside the project where it is built, not in a clone.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

export const shared = join(import.meta.dirname, '../../../../shared/pcluster')
export const isThere = existsSync(shared)

export type Judged = {
  id: string
  scheduler: 'slurm' | 'awsbatch'
  yaml: string
  valid: boolean
  tool_valid: boolean
  errors: Record<string, string[]>
  model: { errors: { validator: string }[]; warnings: string[]; infos: string[] } | null
}

export const readCorpus = (): Judged[] =>
  gunzipSync(readFileSync(join(shared, 'dev.jsonl.gz')))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Judged)
