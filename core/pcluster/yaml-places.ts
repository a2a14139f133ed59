// Where the value of a path stands in a document. What was looked for once is kept: a text can have thousands of
// mistakes, and a search for each would take minutes.
import { type Document, isMap, isSeq, type Node, type YAMLMap } from 'yaml'

type Pair = { key: Node | null; value: Node | null }

/**
 * The offset of a path's value, or of the nearest part of it that is there. `nameOf` is how a key stands in a path,
 * `aliases` what aliases stand for.
 */
export function placesIn(
  document: Document,
  nameOf: (key: Node | null) => string | undefined,
  aliases: WeakMap<object, Node>,
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
  return (path) => {
    let node = document.contents as Node | null | undefined
    let offset = node?.range?.[0]
    for (const step of path) {
      node = (node && aliases.get(node)) ?? node
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
