// Puts values in the place of ${names}: into the scalars of a tree that is already parsed, so that no value, whatever
// it holds, can change the tree's structure or bring in another placeholder.
import { isMap } from './merge.ts'
import type { Value, Values } from './values.ts'

const placeholder = /\$\{([a-zA-Z][a-zA-Z0-9.-]*)\}/g
const whole = /^\$\{([a-zA-Z][a-zA-Z0-9.-]*)\}$/

/** The names that a scalar asks for; `undefined` when it holds a `${` that is no placeholder. */
export function namesIn(scalar: string): string[] | undefined {
  const names = Array.from(scalar.matchAll(placeholder), ([, name]) => name as string)
  return scalar.replace(placeholder, '').includes('${') ? undefined : names
}

/**
 * The tree with its values. A scalar that is one placeholder becomes the value itself, an intrinsic function included,
 * and is left out with its key where the value is known to be absent. Throws an Error that names the path.
 */
export function substitute(tree: unknown, values: Values, path = ''): unknown {
  if (typeof tree === 'string') return scalar(tree, values, path)
  if (Array.isArray(tree))
    return tree
      .map((item, index) => substitute(item, values, `${path}[${index}]`))
      .filter((item) => item !== undefined)
  if (!isMap(tree)) return tree
  const entries = Object.entries(tree).map(([key, value]) => {
    const at = path ? `${path}.${key}` : key
    if (key.includes('${')) throw new Error(`${at}: a key cannot hold a placeholder`)
    return [key, substitute(value, values, at)] as const
  })
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

function scalar(text: string, values: Values, path: string): Value | undefined {
  const [, alone] = whole.exec(text) ?? []
  if (alone) return lookUp(alone, values, path)
  if (!namesIn(text)) throw new Error(`${path}: "\${" begins a placeholder that does not end`)
  return text.replace(placeholder, (_, name: string) => {
    const value = lookUp(name, values, path)
    if (typeof value === 'string') return value
    throw new Error(`${path}: \${${name}} is not text, so it can only stand alone`)
  })
}

function lookUp(name: string, values: Values, path: string): Value | undefined {
  if (!Object.hasOwn(values, name)) throw new Error(`${path}: there is no value \${${name}}`)
  return values[name as keyof Values]
}
