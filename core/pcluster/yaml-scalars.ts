// What a plain scalar means in YAML 1.1 as PyYAML's SafeLoader reads it, which is what ParallelCluster uses.
// https://github.com/yaml/pyyaml/blob/6.0.2/lib/yaml/resolver.py
import { InvalidYaml } from './invalid-yaml.ts'

const boolean = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/
const yes = /^(?:yes|true|on)$/i
const empty = /^(?:~|null|Null|NULL|)$/
const integer =
  /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/
const float =
  /^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const date =
  /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$/

/** Dates are symbols: no field takes one, and nothing else in a tree is a symbol. */
export type Scalar = string | number | boolean | null | symbol

const core = 'tag:yaml.org,2002:'

export function plainScalar(text: string): Scalar {
  if (empty.test(text)) return null
  // Most texts begin with a letter and are not one of the words.
  const first = text.charCodeAt(0)
  if (first > 57) return boolean.test(text) ? yes.test(text) : refuseMarks(text)
  if (integer.test(text)) return readInteger(text)
  if (float.test(text)) return readFloat(text)
  if (date.test(text)) return readDate(text)
  return refuseMarks(text)
}

// `=` and `<<` have types of their own that SafeLoader cannot build once ParallelCluster has replaced its mappings.
function refuseMarks(text: string): string {
  if (text === '=' || text === '<<')
    throw new InvalidYaml(`A plain ${text} cannot be used here: put it in quotes.`)
  return text
}

export function taggedScalar(tag: string, text: string): Scalar {
  switch (tag) {
    case `${core}str`:
    case '!':
      return text
    case `${core}null`:
      return null
    case `${core}int`:
      return integer.test(text) ? readInteger(text) : refuse(tag, text)
    case `${core}float`:
      return float.test(text) || integer.test(text) ? readFloat(text) : refuse(tag, text)
    case `${core}bool`:
      return /^(?:yes|no|true|false|on|off)$/i.test(text) ? yes.test(text) : refuse(tag, text)
    case `${core}timestamp`:
      return date.test(text) ? readDate(text) : refuse(tag, text)
    case `${core}binary`:
      return readBinary(text)
    default:
      throw new InvalidYaml(
        `The tag ${tag} is unknown: a configuration holds plain values only, no intrinsic functions.`,
      )
  }
}

function refuse(tag: string, text: string): never {
  throw new InvalidYaml(`The value ${text} is not of the type that its tag ${tag} says.`)
}

/** Bytes are taken for UTF-8 wherever a text is wanted. */
function readBinary(text: string): string {
  const digits = text.replace(/[^A-Za-z0-9+/]/g, '')
  if (digits.length % 4 === 1) throw new InvalidYaml(`The value ${text} is no Base64.`)
  return new TextDecoder().decode(Uint8Array.from(atob(digits), (char) => char.charCodeAt(0)))
}

const sexagesimal = (text: string) => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)

function readInteger(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '')
  if (digits === '0') return 0
  if (digits.startsWith('0b')) return sign * Number.parseInt(digits.slice(2), 2)
  if (digits.startsWith('0x')) return sign * Number.parseInt(digits.slice(2), 16)
  if (digits.startsWith('0')) return sign * Number.parseInt(digits, 8)
  return sign * (digits.includes(':') ? sexagesimal(digits) : Number(digits))
}

function readFloat(text: string): number {
  const lower = text.replaceAll('_', '').toLowerCase()
  const sign = lower.startsWith('-') ? -1 : 1
  const digits = lower.replace(/^[-+]/, '')
  if (digits === '.inf') return sign * Number.POSITIVE_INFINITY
  if (digits === '.nan') return Number.NaN
  return sign * (digits.includes(':') ? sexagesimal(digits) : Number(digits))
}

function readDate(text: string): symbol {
  const [year = 0, month = 0, day = 0] = (text.match(/\d+/g) ?? []).map(Number)
  const days = new Date(Date.UTC(2000, month, 0)).getUTCDate()
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const last = month === 2 && !leap ? 28 : days
  if (month < 1 || month > 12 || day < 1 || day > last || year < 1)
    throw new InvalidYaml(`${text} is read as a date, and there is no such day: put it in quotes.`)
  return Symbol(text)
}
