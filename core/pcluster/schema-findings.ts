// What the schema finds: zod's issues in the paths and words of findings.
import * as z from '../zod.ts'
import type { Configuration } from './configuration.ts'
import { description } from './description.ts'
import type { Path } from './findings.ts'
import { sectionType } from './sections.ts'

export const schemaValidator = 'ConfigSchemaValidator'

type SchemaFinding = { path: Path; message: string; crash: boolean }

/** The configuration with every value of its type, or what is wrong with it. */
export function checkSchema(
  tree: unknown,
): { configuration: Configuration; findings?: undefined } | { findings: SchemaFinding[] } {
  // Without compiled parsers: they cost more at start-up than a thousand validations give back.
  const read = z.safeParse(sectionType(description.root), tree, { jitless: true, reportInput: true })
  if (read.success) return { configuration: read.data as Configuration }
  return { findings: read.error.issues.map(toFinding) }
}

function toFinding(issue: z.core.$ZodIssue): SchemaFinding {
  const path = issue.path as Path
  const crash = 'crash' in issue
  return { path: [...path, ...(isWholeSection(issue) ? ['_schema'] : [])], message: issue.message, crash }
}

/** A section that is no section is an error of its own, unless it is null where one section stands. */
const isWholeSection = (issue: z.core.$ZodIssue) =>
  issue.code === 'invalid_type' &&
  issue.expected === 'object' &&
  issue.input !== undefined &&
  issue.path.at(-1) !== '_schema' &&
  (issue.input !== null || typeof issue.path.at(-1) === 'number')
