// From text to a tree, as ParallelCluster reads YAML: version 1.1, one document, no duplicate keys, no merge keys.
import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type YAMLParseError,
} from 'yaml'
import { InvalidYaml } from './invalid-yaml.ts'
import { parseDocument } from './yaml-document.ts'
import { placesIn } from './yaml-places.ts'
import { plainScalar, type Scalar, taggedScalar } from './yaml-scalars.ts'
import { linesOf, refuseCharacters, withPlainBreaks } from './yaml-text.ts'

export type Tree = Scalar | Tree[] | { [key: string]: Tree }
export type Position = { line: number; column: number }
type ReadYaml = {
  tree?: Tree
  problem?: { message: string; position?: Position }
  /** Where the value of a path stands, or the nearest part of it that is there. */
  positionOf: (path: readonly (string | number)[]) => Position | undefined
}

// Aliases can make a small text very large, in values or in characters; no configuration has this many values.
const valuesLimit = 100_000
const charactersPerValue = 16
// Nor is any as long; the parser needs minutes for a hundred times as much.
const charactersLimit = 4_000_000
const tooDeep = 'The document is nested too deeply.'
// PyYAML's, which are narrower than YAML's.
const anchorName = /^[\w-]+$/
const setTag = 'tag:yaml.org,2002:set'
const pairTags = ['tag:yaml.org,2002:omap', 'tag:yaml.org,2002:pairs']

export function readYaml(text: string): ReadYaml {
  const source = withPlainBreaks(text)
  let lines: LineCounter | undefined
  const at = (offset: number | undefined): Position | undefined => {
    if (offset === undefined) return undefined
    // Counted when the first place is asked for: most configurations have nothing to tell.
    lines ??= linesOf(source)
    const { line, col } = lines.linePos(offset)
    return { line, column: Math.max(1, col) }
  }
  const failed = (message: string, offset?: number): ReadYaml => {
    const position = at(offset)
    return {
      problem: position ? { message, position } : { message },
      positionOf: () => position,
    }
  }
  if (source.length > charactersLimit)
    return failed(`The document has more than ${charactersLimit} characters: that is no configuration.`)
  try {
    refuseCharacters(source)
    const { document, error } = parseDocument(source)
    if (error) return failed(inWords(error), error.pos[0])
    const aliases = new WeakMap<object, Node>()
    const tree = document.contents ? builder(source, aliases)(document.contents as Node) : null
    const nameOf = (key: Node | null) => (isScalar(key) ? keyName(scalarOf(key)) : undefined)
    const offsetOf = placesIn(document, nameOf, aliases)
    return { tree, positionOf: (path) => at(offsetOf(path)) }
  } catch (problem) {
    if (problem instanceof InvalidYaml) return failed(problem.message, problem.offset)
    // The stack is full.
    if (problem instanceof RangeError) return failed(tooDeep)
    throw problem
  }
}

function inWords({ code, message }: YAMLParseError): string {
  if (code === 'MULTIPLE_DOCS') return 'There is more than one document: keep one, without --- behind it.'
  // The parser tells of a full stack as of any other trouble.
  return message.includes('call stack') ? tooDeep : `This is not YAML: ${message}`
}

/** A builder of trees that stops where aliases grow without bound. It notes in `aliases` what each stands for. */
function builder(source: string, aliases: WeakMap<object, Node>): (node: Node | null | undefined) => Tree {
  let values = 0
  let aliasesAround = 0
  const count = (characters = 0) => {
    values += aliasesAround > 0 ? 1 + characters / charactersPerValue : 1
    if (values > valuesLimit) throw new InvalidYaml('The aliases of this document expand to too many values.')
  }
  // The latest of a name before the alias counts, as in PyYAML.
  const anchors = new Map<string, Node>()
  const open = new Set<Node>()
  const build = (node: Node | null | undefined): Tree => {
    if (!node) {
      count()
      return null
    }
    if (isAlias(node)) return repeated(node)
    if ('anchor' in node && node.anchor) {
      const name = String(node.anchor)
      if (!anchorName.test(name))
        throw new InvalidYaml(`The anchor &${name} may have letters, digits, - and _ only.`, node.range?.[0])
      anchors.set(name, node)
    }
    if (isScalar(node)) {
      const text = textOf(node, source)
      count(text.length)
      return scalarOf(node, text)
    }
    count()
    open.add(node)
    const tree = collectionOf(node)
    open.delete(node)
    return tree
  }
  const repeated = (alias: Alias): Tree => {
    const [name, offset] = [alias.source, alias.range?.[0]]
    const node = anchors.get(name)
    if (!node) throw new InvalidYaml(`Nothing before *${name} has that anchor.`, offset)
    if (open.has(node)) throw new InvalidYaml(`*${name} stands inside of what it stands for.`, offset)
    aliases.set(alias, node)
    aliasesAround += 1
    const tree = build(node)
    aliasesAround -= 1
    return tree
  }
  const collectionOf = (node: Node): Tree => {
    if (isSeq(node)) {
      if (node.tag && pairTags.includes(node.tag)) return node.items.map((item) => pairOf(item as Node))
      refuseTag(node, 'seq')
      return node.items.map((item) => build(item as Node))
    }
    if (!isMap(node)) return null
    if (node.tag === setTag) return setOf(node.items as Pair[])
    refuseTag(node, 'map')
    return mapOf(node.items as Pair[])
  }
  const pairOf = (node: Node): Tree => {
    const [pair, ...more] = isMap(node) ? (node.items as Pair[]) : []
    if (!pair || more.length > 0)
      throw new InvalidYaml('Each item behind !!omap or !!pairs is one key with its value.', node.range?.[0])
    return [build(pair.key), build(pair.value)]
  }
  // Python's sets have no order; no field that takes a list minds.
  const setOf = (items: readonly Pair[]): Tree => {
    const members = items.map(({ key, value }) => {
      build(value)
      return nameOf(key)
    })
    return [...new Set(members)]
  }
  const nameOf = (key: Node | null): Scalar => {
    if (isMissing(key, source)) throw new InvalidYaml('There is no key before the colon.', key?.range?.[0])
    const name = key ? build(key) : null
    if (typeof name === 'object' && name !== null)
      throw new InvalidYaml('A key must be a single word, not a list or a mapping.', key?.range?.[0])
    return name
  }
  const mapOf = (items: readonly Pair[]): Tree => {
    const map: { [key: string]: Tree } = {}
    const seen = new Set<Tree>()
    for (const { key, value } of items) {
      const name = nameOf(key)
      // Python takes 1, 1.0 and True for the same key.
      const same = typeof name === 'boolean' ? Number(name) : name
      if (seen.has(same))
        throw new InvalidYaml(`The key ${keyName(name)} is given twice: keep one.`, key?.range?.[0])
      seen.add(same)
      const text = keyName(name)
      // Assigned, this one would be the map's prototype.
      if (text === '__proto__')
        Object.defineProperty(map, text, {
          value: build(value),
          enumerable: true,
          writable: true,
          configurable: true,
        })
      else map[text] = build(value)
    }
    return map
  }
  return build
}

type Pair = { key: Node | null; value: Node | null }

type ScalarNode = Node & { value: unknown; type?: string }

/** A block that the text ends in, without a last line break, has none either. */
function textOf({ value, type = '', range }: ScalarNode, source: string): string {
  const text = String(value ?? '')
  const isCut = type.startsWith('BLOCK') && range?.[1] === source.length && lastLine(source).trim() !== ''
  return isCut ? text.replace(/\n$/, '') : text
}

const lastLine = (source: string) => source.slice(source.lastIndexOf('\n') + 1)

function scalarOf(node: ScalarNode, text = String(node.value ?? '')): Scalar {
  try {
    if (node.tag && node.tag !== '!') return taggedScalar(node.tag, text)
    // PyYAML reads what stands behind a lone ! as if it were plain, quoted or not.
    return node.type === 'PLAIN' || node.tag === '!' ? plainScalar(text) : text
  } catch (problem) {
    if (problem instanceof InvalidYaml) throw new InvalidYaml(problem.message, node.range?.[0])
    throw problem
  }
}

/** Nothing is a key only behind a question mark. */
function isMissing(key: Node | null, source: string): boolean {
  if (!isScalar(key) || key.source !== '' || key.type !== 'PLAIN' || key.tag || key.anchor) return false
  let before = (key.range?.[0] ?? 0) - 1
  while (source[before] === ' ') before -= 1
  return source[before] !== '?'
}

function refuseTag(node: Node, kind: 'seq' | 'map'): void {
  if (!node.tag || node.tag === `tag:yaml.org,2002:${kind}`) return
  throw new InvalidYaml(
    `The tag ${node.tag} is unknown: a configuration holds plain values only, no intrinsic functions.`,
    node.range?.[0],
  )
}

/** A key as Python would print it, which is how ParallelCluster names it in a path. */
const keyName = (key: Scalar): string => {
  if (key === null) return 'None'
  if (typeof key === 'boolean') return key ? 'True' : 'False'
  return typeof key === 'symbol' ? (key.description ?? '') : String(key)
}
