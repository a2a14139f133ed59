// What a plain scalar means in YAML 1.1 as PyYAML's SafeLoader reads it, which is what ParallelCluster uses.
// https://github.com/yaml/pyyaml/blob/6.0.2/lib/yaml/resolver.py
import { asInteger, asNumber } from './coercions.ts'
import { InvalidYaml } from './invalid-yaml.ts'

const boolean = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/
const yes = /^(?:yes|true|on)$/i
const empty = /^(?:~|null|Null|NULL|)$/
const integer =
  /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/
const float =
  /^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const date = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/
const time =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+]([0-9]{1,2})(?::([0-9]{2}))?))?)?$/

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
  if (date.test(text) || (text.includes(':') && time.test(text))) return readDate(text)
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
      return readInteger(text)
    case `${core}float`:
      return readFloat(text)
    case `${core}bool`:
      return /^(?:yes|no|true|false|on|off)$/i.test(text) ? yes.test(text) : refuse('bool', text)
    case `${core}timestamp`:
      return time.test(text) ? readDate(text) : refuse('timestamp', text)
    case `${core}binary`:
      return readBinary(text)
    default:
      throw new InvalidYaml(
        `The tag ${tag} is unknown: a configuration holds plain values only, no intrinsic functions.`,
      )
  }
}

function refuse(type: string, text: string): never {
  throw new InvalidYaml(`The value ${text} is read as of the type ${type}, and it is none: put it in quotes.`)
}

/** Bytes are taken for UTF-8 wherever a text is wanted. Padding ends them, whatever is behind it. */
function readBinary(text: string): string {
  let [digits, pads, isEnded] = ['', 0, false]
  for (const char of text) {
    if (char > '\x7f') refuse('binary', text)
    if (isEnded) continue
    if (/[A-Za-z0-9+/]/.test(char)) {
      digits += char
      pads = 0
    } else if (char === '=' && digits.length % 4 >= 2) {
      pads += 1
      isEnded = (digits.length % 4) + pads >= 4
    }
  }
  if (!isEnded && digits.length % 4 !== 0) refuse('binary', text)
  return new TextDecoder().decode(Uint8Array.from(atob(digits), (char) => char.charCodeAt(0)))
}

const sexagesimal = (parts: readonly number[]) => parts.reduce((sum, part) => sum * 60 + part, 0)

// Python's int() with a base: its prefix may be there once more.
const basedDigits: Readonly<Record<number, RegExp>> = {
  2: /^\s*([-+]?)(?:0b)?([01]+)\s*$/i,
  8: /^\s*([-+]?)(?:0o)?([0-7]+)\s*$/i,
  16: /^\s*([-+]?)(?:0x)?([0-9a-f]+)\s*$/i,
}

function readInteger(text: string): number {
  const [sign, digits] = signed(text)
  const based = (digits: string, base: number): number => {
    const [, own, rest] = basedDigits[base]?.exec(digits) ?? refuse('int', text)
    return (own === '-' ? -1 : 1) * Number.parseInt(rest ?? '', base)
  }
  const whole = (digits: string): number => {
    const value = asInteger(digits)
    return typeof value === 'number' ? value : refuse('int', text)
  }
  if (digits === '0') return 0
  if (digits.startsWith('0b')) return sign * based(digits.slice(2), 2)
  if (digits.startsWith('0x')) return sign * based(digits.slice(2), 16)
  if (digits.startsWith('0')) return sign * based(digits, 8)
  return sign * sexagesimal(digits.split(':').map(whole))
}

function readFloat(text: string): number {
  const [sign, digits] = signed(text.toLowerCase())
  const real = (digits: string): number => {
    const [, own, word] = /^\s*([-+]?)(inf|infinity|nan)\s*$/.exec(digits) ?? []
    if (word) return word === 'nan' ? Number.NaN : Number(`${own}Infinity`)
    const value = asNumber(digits)
    return typeof value === 'number' ? value : refuse('float', text)
  }
  if (digits === '.inf') return sign * Number.POSITIVE_INFINITY
  if (digits === '.nan') return Number.NaN
  return sign * sexagesimal(digits.split(':').map(real))
}

function signed(text: string): [sign: number, digits: string] {
  const plain = text.replaceAll('_', '')
  return [plain.startsWith('-') ? -1 : 1, plain.replace(/^[-+]/, '')]
}

function readDate(text: string): symbol {
  const [year = 0, month = 0, day = 0, ...clock] = (time.exec(text) ?? []).slice(1).map(Number)
  const [hour = 0, minute = 0, second = 0, zoneHours = 0, zoneMinutes = 0] = clock.map((part) => part || 0)
  const days = new Date(Date.UTC(2000, month, 0)).getUTCDate()
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const last = month === 2 && !leap ? 28 : days
  if (month < 1 || month > 12 || day < 1 || day > last || year < 1)
    throw new InvalidYaml(`${text} is read as a date, and there is no such day: put it in quotes.`)
  if (hour > 23 || minute > 59 || second > 59 || zoneHours * 60 + zoneMinutes >= 24 * 60)
    throw new InvalidYaml(`${text} is read as a time, and there is no such time: put it in quotes.`)
  return Symbol(text)
}
