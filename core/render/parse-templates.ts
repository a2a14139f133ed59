// Reads the text of cluster-configs/ into templates, and says of every malformed file where and why.
import { type Document, isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import * as z from '../zod.ts'
import { namesIn } from './placeholders.ts'
import { Part, Templates, TierTemplate, User } from './templates.ts'
import { isValueName } from './values.ts'

const Base = z.extend(Part, { user: User })

/** `files` maps a path below cluster-configs/ to its text. Throws one Error with a line per problem of any file. */
export function parseTemplates(files: Record<string, string>): Templates {
  const problems: string[] = []
  const read = <T>(path: string, schema: z.ZodMiniType<T>): T | undefined => {
    const text = files[path]
    if (text !== undefined) return parseFile(path, text, schema, problems)
    problems.push(`${path}: is missing`)
    return undefined
  }
  const { user, ...base } = read('base.yaml', Base) ?? {}
  const templates = {
    user,
    base,
    accounting: read('accounting.yaml', Part),
    benchmark: read('benchmark.yaml', Part),
    slurmRest: read('slurm-rest.yaml', Part),
    clusterRecord: read('cluster-record.yaml', Part),
    storage: {
      efs: read('storage/efs.yaml', Part),
      lustre: read('storage/lustre.yaml', Part),
      noLustre: read('storage/no-lustre.yaml', Part),
    },
    tiers: Object.fromEntries(
      tierPaths(files).map((path) => {
        const called = path.replace(/^tiers\/|\.yaml$/g, '')
        return [called, read(path, TierTemplate.check(calledAs(called)))]
      }),
    ),
  }
  problems.push(...strangers(files))
  if (problems.length) throw new Error(`cluster-configs is malformed:\n${problems.join('\n')}`)
  return Templates.parse(templates)
}

const calledAs =
  (called: string) =>
  ({ value: { name }, issues }: z.core.ParsePayload<TierTemplate>): void => {
    const message = `is ${name}, so the file must be tiers/${name}.yaml`
    if (name !== called) issues.push({ code: 'custom', path: ['name'], message, input: name })
  }

const tierPaths = (files: Record<string, string>): string[] =>
  Object.keys(files)
    .filter((path) => /^tiers\/[^/]+\.yaml$/.test(path))
    .sort()

const parts = [
  'base.yaml',
  'accounting.yaml',
  'benchmark.yaml',
  'slurm-rest.yaml',
  'cluster-record.yaml',
  'storage/efs.yaml',
  'storage/lustre.yaml',
  'storage/no-lustre.yaml',
]

/** A file that nothing reads is a file in the wrong place. */
const strangers = (files: Record<string, string>): string[] =>
  Object.keys(files)
    .filter((path) => !parts.includes(path) && !tierPaths(files).includes(path))
    .sort()
    .map((path) => `${path}: nothing reads it; a tier belongs in tiers/NAME.yaml`)

function parseFile<T>(
  path: string,
  text: string,
  schema: z.ZodMiniType<T>,
  problems: string[],
): T | undefined {
  const lines = new LineCounter()
  // ParallelCluster reads YAML 1.1 (PyYAML) and refuses a key that stands twice.
  const document = parseDocument(text, { version: '1.1', lineCounter: lines, prettyErrors: false })
  const at = (offset: number, what: string) => problems.push(`${path}:${lines.linePos(offset).line}: ${what}`)

  for (const { pos, message } of document.errors) at(pos[0], message)
  if (document.errors.length) return undefined
  checkPlaceholders(document, at)
  const result = schema.safeParse(document.toJS())
  if (result.success) return result.data
  for (const { path: keys, message, ...issue } of result.error.issues) {
    const unknown = issue.code === 'unrecognized_keys' ? (issue as { keys: string[] }).keys[0] : undefined
    const where = unknown === undefined ? offsetOf(document, keys) : keyOffset(document, keys, unknown)
    at(where, `${keys.join('.') || 'the file'}: ${message}`)
  }
  return undefined
}

function checkPlaceholders(document: Document, at: (offset: number, what: string) => void): void {
  visit(document, {
    Scalar(_, { value, range }) {
      if (typeof value !== 'string') return
      const names = namesIn(value)
      if (!names) at(range?.[0] ?? 0, '"${" begins a placeholder that does not end')
      for (const name of names ?? [])
        if (!isValueName(name)) at(range?.[0] ?? 0, `there is no value \${${name}}; README.md lists them`)
    },
  })
}

/** The line of what stands at the path in a well-formed file, or of the deepest part of the path that exists. */
export function lineOf(text: string, path: string[]): number {
  const lines = new LineCounter()
  const document = parseDocument(text, { version: '1.1', lineCounter: lines })
  return lines.linePos(offsetOf(document, path)).line
}

/** Where the deepest part of the path that exists begins: a missing key is reported at its parent. */
function offsetOf(document: Document, keys: PropertyKey[]): number {
  for (let depth = keys.length; depth > 0; depth--) {
    const node = document.getIn(keys.slice(0, depth), true)
    if (isRanged(node)) return node.range[0]
  }
  return document.contents?.range?.[0] ?? 0
}

/** Where the key itself stands. */
function keyOffset(document: Document, path: PropertyKey[], name: string): number {
  const map = document.getIn(path, true)
  const pair = isMap(map) ? map.items.find(({ key }) => isScalar(key) && key.value === name) : undefined
  return isRanged(pair?.key) ? pair.key.range[0] : offsetOf(document, path)
}

const isRanged = (node: unknown): node is { range: [number, number, number] } =>
  typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
