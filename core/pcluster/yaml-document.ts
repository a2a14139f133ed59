// The parser of YAML, with PyYAML's view of quoted texts and brackets over several lines: these may have any
// indentation. The parser's lexer wants their lines deeper than the key, so inside of them it is told of no key.
import { Composer, type Document, Lexer, Parser, YAMLParseError } from 'yaml'

// Two members of the lexer that it calls private, and the indentation that it asks of a text's next line. Tests of
// texts at column 0 fail when another version has them no more.
type Inside = { indentNext: number } & Record<'parseQuotedScalar' | 'parseFlowCollection', Step>
type Step = (this: Inside) => Generator<string, unknown>

const atAnyIndent = (step: Step): Step =>
  function* (this: Inside) {
    const asked = this.indentNext
    this.indentNext = 0
    const next = yield* step.call(this)
    this.indentNext = asked
    return next
  }

/** A lexer that ends quotes and brackets where they close, and else where the document ends only. */
export function lexerAtAnyIndent(): Lexer {
  const lexer = new Lexer()
  const inside = lexer as unknown as Inside
  inside.parseQuotedScalar = atAnyIndent(inside.parseQuotedScalar)
  inside.parseFlowCollection = atAnyIndent(inside.parseFlowCollection)
  return lexer
}

// PyYAML takes a comment right behind a bracket or a quote.
const closeComment = 'Comments must be separated'
const isCutOff = ({ message }: YAMLParseError) =>
  message.startsWith('Missing closing') || message.includes('must be sufficiently indented')

type Parsed = { document: Document; error: YAMLParseError | undefined }

/** What never closes is told at the line that is not indented, which is nearer to the mistake than the text's end. */
export function parseDocument(source: string, parse = compose): Parsed {
  const parsed = parse(source, lexerAtAnyIndent())
  if (!parsed.error || !isCutOff(parsed.error)) return parsed
  return parse(source, new Lexer())
}

export function compose(source: string, lexer: Lexer): Parsed {
  const composer = new Composer({
    schema: 'failsafe',
    version: '1.1',
    strict: true,
    uniqueKeys: false,
    // Sets and pairs are built elsewhere, as Python builds them.
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: 'error',
  })
  const [document, second] = composer.compose(tokensOf(source, lexer), true, source.length)
  if (!document) throw new Error('The composer makes a document of every text.')
  const errors = second ? [...document.errors, secondDocument(second)] : document.errors
  return { document, error: errors.find(({ message }) => !message.startsWith(closeComment)) }
}

function* tokensOf(source: string, lexer: Lexer) {
  const parser = new Parser()
  for (const lexeme of lexer.lex(source)) yield* parser.next(lexeme)
  yield* parser.end()
}

const secondDocument = ({ range }: Document) =>
  new YAMLParseError(
    [range?.[0] ?? 0, range?.[1] ?? 0],
    'MULTIPLE_DOCS',
    'Source contains multiple documents.',
  )
