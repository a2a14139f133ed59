// Quoted texts and brackets over several lines. PyYAML takes their lines at any indentation; the parser wants them
// deeper than the key. So they are moved to the right, one after the other, until the parser sees their end.
import type { Document, YAMLParseError } from 'yaml'

type Parse = (source: string) => { document: Document; error: YAMLParseError | undefined }
type Parsed = ReturnType<Parse> & {
  /** What was parsed. It has the lines of the text. */
  source: string
  /** By how much a line was moved; lines count from 1. */
  moved: (line: number) => number
}

// Each line that is moved costs another parse: a bound for the text of all of them.
const mostCharacters = 2_000_000
const isCutOff = ({ message }: YAMLParseError) =>
  message.startsWith('Missing closing') || message.includes('must be sufficiently indented')
// These end a document, in quotes too.
const marker = /^(?:---|\.\.\.)(?:\s|$)/

/** Where moving does not help, the error is that of the text as it is. */
export function parseAtAnyIndent(source: string, parse: Parse): Parsed {
  const first = { ...parse(source), source, moved: () => 0 }
  if (!first.error || !isCutOff(first.error)) return first
  const lines = source.split('\n')
  const step = 1 + lines.reduce((most, line) => Math.max(most, line.search(/[^ ]|$/)), 0)
  const moved = new Set<number>()
  let latest: Parsed = first
  for (let left = mostCharacters; left > 0 && latest.error && isCutOff(latest.error); left -= source.length) {
    const before = latest.source.slice(0, latest.error.pos[0]).split('\n')
    const from = before.at(-1)?.trim() === '' ? before.length - 1 : before.length
    const next = lines.findIndex((line, index) => index >= from && line.trim() !== '' && !moved.has(index))
    const line = lines[next]
    if (line === undefined || marker.test(line)) return first
    moved.add(next)
    lines[next] = ' '.repeat(step) + line
    const text = lines.join('\n')
    latest = { ...parse(text), source: text, moved: (number) => (moved.has(number - 1) ? step : 0) }
  }
  return latest.error ? first : latest
}
