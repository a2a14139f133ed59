// Reads cluster-configs/ from disk, at build time and in tests; the functions get the result as JSON.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseTemplates } from '../core/render/parse-templates.ts'
import type { Templates } from '../core/render/templates.ts'

export const clusterConfigs = join(import.meta.dirname, '..', 'cluster-configs')

export function readTemplates(folder = clusterConfigs): Templates {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.ya?ml$/.test(path),
  )
  const files = paths.map((path) => [path.replaceAll('\\', '/'), readFileSync(join(folder, path), 'utf8')])
  return parseTemplates(Object.fromEntries(files))
}
