// Is this a configuration that ParallelCluster would take? Everything it can tell without asking AWS, at once.
import { isMapping } from './fields.ts'
import { type Finding, inOrder, type Level, levels, type Path, pathText } from './findings.ts'
import { modelFindings } from './model.ts'
import { type Position, readYaml } from './read-yaml.ts'
import { checkSchema, schemaValidator } from './schema-findings.ts'

export type { Finding, Level }
export type ValidateOptions = {
  /** The cluster's name, which is not in the configuration. Without it nothing is said of names. */
  name?: string | undefined
  /** Names of validators, also as `type:NAME`, or ALL, as ParallelCluster's API takes them. The schema is never silent. */
  suppress?: readonly string[]
  /** From which level on a finding makes the configuration invalid. */
  failureLevel?: Level
  /** At most so many findings, the gravest first; all of them unless given. */
  most?: number | undefined
}
/** `more`: how many findings were left out. */
export type Verdict = { valid: boolean; findings: Finding[]; more?: number }
/** What was found, and the path where to look for its line, which only those have that are told. */
type Found = { finding: Finding; place?: Path }

export function validate(input: string | object, options: ValidateOptions = {}): Verdict {
  if (typeof input !== 'string') return verdict(findingsOf(input, options.name), options, () => undefined)
  const { tree, problem, positionOf } = readYaml(input)
  // Every finding of a text has a place, at least its beginning.
  const placeOf = (place: Path | undefined) => (place && positionOf(place)) ?? { line: 1, column: 1 }
  if (problem) return verdict([unreadable(problem.message)], options, placeOf)
  return verdict(findingsOf(tree, options.name), options, placeOf)
}

const unreadable = (message: string): Found => ({
  finding: { level: 'ERROR', validator: schemaValidator, path: '$yaml', message },
  place: [],
})

function findingsOf(tree: unknown, clusterName: string | undefined): Found[] {
  if (!isMapping(tree))
    return [unreadable('A configuration is a mapping: begin with Image, HeadNode and Scheduling.')]
  const checked = checkSchema(tree)
  if (checked.findings)
    return checked.findings.map(({ path, message, crash }) => {
      const place = path.at(-1) === '_schema' ? path.slice(0, -1) : path
      const finding: Finding = {
        level: 'ERROR',
        validator: schemaValidator,
        path: crash ? '$exception' : pathText(path),
        message: crash ? `${pathText(place)} ${message}` : `${nameOf(place)} ${message}`,
      }
      return { finding, place }
    })
  return modelFindings(checked.configuration, clusterName).map(({ level, validator, path, message }) => ({
    finding: { level, validator, path: pathText(path), message },
    ...(path[0] === '$name' ? {} : { place: path }),
  }))
}

/** The last name of a path, with the numbers after it: `SubnetIds.0`. */
function nameOf(path: Path): string {
  const from = path.findLastIndex((step) => typeof step === 'string')
  return from < 0 ? 'The configuration' : path.slice(from).join('.')
}

function verdict(
  found: Found[],
  { suppress = [], failureLevel = 'ERROR', most = Number.POSITIVE_INFINITY }: ValidateOptions,
  placeOf: (place: Path | undefined) => Position | undefined,
): Verdict {
  const names = new Set(suppress.map((name) => name.replace(/^type:/, '')))
  const kept = found.filter(
    ({ finding: { validator } }) =>
      validator === schemaValidator || !(names.has('ALL') || names.has(validator)),
  )
  const limit = levels.indexOf(failureLevel)
  const valid = !kept.some(({ finding: { level } }) => levels.indexOf(level) <= limit)
  const places = new Map(kept.map(({ finding, place }) => [finding, place]))
  const findings = inOrder([...places.keys()])
    .slice(0, most)
    .map((finding) => ({ ...finding, ...placeOf(places.get(finding)) }))
  return { valid, findings, ...(kept.length > most ? { more: kept.length - most } : {}) }
}
