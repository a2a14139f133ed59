// Where the value of a path stands in a document. What was looked for once is kept: a text can have thousands of
// mistakes, and a search for each would take minutes.
import { type Document, isAlias, isMap, isSeq, type Node, type YAMLMap } from 'yaml'

type Pair = { key: Node | null; value: Node | null }

/** The offset of a path's value, or of the nearest part of it that is there. `nameOf` is how a key stands in a path. */
export function placesIn(
  document: Document,
  nameOf: (key: Node | null) => string | undefined,
): (path: readonly (string | number)[]) => number | undefined {
  const maps = new WeakMap<object, Map<string | undefined, Pair>>()
  const pairsOf = (map: YAMLMap): Map<string | undefined, Pair> => {
    const known = maps.get(map)
    if (known) return known
    // From behind, since the first of a name counts.
    const pairs = new Map((map.items as Pair[]).toReversed().map((pair) => [nameOf(pair.key), pair]))
    maps.set(map, pairs)
    return pairs
  }
  const aliases = new WeakMap<object, Node | undefined>()
  const target = (node: Node | null | undefined): Node | null | undefined => {
    if (!isAlias(node)) return node
    if (!aliases.has(node)) aliases.set(node, node.resolve(document))
    return aliases.get(node)
  }
  return (path) => {
    let node = document.contents as Node | null | undefined
    let offset = node?.range?.[0]
    for (const step of path) {
      node = target(node)
      if (isMap(node)) {
        const pair = pairsOf(node).get(String(step))
        if (!pair) return offset
        offset = pair.key?.range?.[0] ?? offset
        node = pair.value
      } else if (isSeq(node)) {
        const item = node.items[Number(step)] as Node | undefined
        if (!item) return offset
        offset = item.range?.[0] ?? offset
        node = item
      } else return offset
    }
    return offset
  }
}
