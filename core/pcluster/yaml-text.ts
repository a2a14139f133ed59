// What PyYAML makes of a text's characters before it reads them as YAML: line breaks, tabs, what is not allowed at all.
// https://github.com/yaml/pyyaml/blob/6.0.2/lib/yaml/reader.py and scanner.py
import { CST, LineCounter } from 'yaml'
import { InvalidYaml } from './invalid-yaml.ts'
import { lexerAtAnyIndent } from './yaml-document.ts'

const forbidden = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u
const breaks = /\r(?!\n)|[\x85\u2028\u2029]/g

/** The text with the line breaks that YAML 1.2 knows, one character for one, so that offsets stay. */
export const withPlainBreaks = (text: string): string =>
  (text.startsWith('\ufeff') ? text.slice(1) : text).replace(breaks, '\n')

/** Throws InvalidYaml at the first character that PyYAML does not take. */
export function refuseCharacters(source: string): void {
  const bad = forbidden.exec(source)
  if (bad) throw new InvalidYaml('There is a control character in the text: remove it.', bad.index)
  if (source.includes('\t')) refuseTabs(source)
}

/** Where each line begins. */
export function linesOf(source: string): LineCounter {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (let end = source.indexOf('\n'); end >= 0; end = source.indexOf('\n', end + 1))
    lines.addNewLine(end + 1)
  return lines
}

/** Tabs may stand in quoted texts, in blocks after | or >, and in comments. YAML 1.2 also lets them part words. */
function refuseTabs(source: string): void {
  let offset = 0
  let isBlock = false
  let scalar: 'plain' | 'block' | undefined
  for (const lexeme of lexerAtAnyIndent().lex(source)) {
    const type = CST.tokenType(lexeme)
    const isBare = scalar ? scalar === 'plain' : type === 'space'
    if (isBare && lexeme.includes('\t'))
      throw new InvalidYaml('There is a tab where only spaces may be.', offset + lexeme.indexOf('\t'))
    // A scalar's own text comes behind its mark.
    if (!scalar && type === 'block-scalar-header') isBlock = true
    if (!scalar && marks.includes(type))
      scalar = type === 'scalar' ? (isBlock ? 'block' : 'plain') : undefined
    else {
      if (scalar) isBlock = false
      scalar = undefined
      offset += lexeme.length
    }
  }
}

// Of the lexer's own, not in the source.
const marks: (string | null)[] = ['doc-mode', 'flow-error-end', 'scalar']
