// How ParallelCluster takes a value for another type: strings for numbers and booleans, since CloudFormation makes
// strings of them inside a custom resource. What cannot be taken is handed on as it is, for the schema to refuse.
// marshmallow 3.26, fields.py: Integer, Float, Boolean.

const digits = /^[\s]*[-+]?\p{Nd}+(?:_\p{Nd}+)*[\s]*$/u
const decimal =
  /^\s*[-+]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][-+]?\d+(?:_\d+)*)?\s*$/

export function asInteger(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) + 0 : value
  if (typeof value !== 'string' || !digits.test(value)) return value
  return Number(latin(value).replaceAll('_', '').trim())
}

export function asNumber(value: unknown): unknown {
  if (typeof value !== 'string' || !decimal.test(value)) return value
  return Number(value.replaceAll('_', '').trim())
}

const truths = new Set([
  't',
  'T',
  'true',
  'True',
  'TRUE',
  'on',
  'On',
  'ON',
  'y',
  'Y',
  'yes',
  'Yes',
  'YES',
  '1',
])
const untruths = new Set([
  'f',
  'F',
  'false',
  'False',
  'FALSE',
  'off',
  'Off',
  'OFF',
  'n',
  'N',
  'no',
  'No',
  'NO',
  '0',
])

export function asBoolean(value: unknown): unknown {
  if (value === 1 || (typeof value === 'string' && truths.has(value))) return true
  if (value === 0 || (typeof value === 'string' && untruths.has(value))) return false
  return value
}

// Python reads the digits of every script: each block of ten begins at a multiple that its zero tells.
const latin = (text: string): string =>
  text.replace(/\p{Nd}/gu, (digit) => {
    let zero = digit.codePointAt(0) ?? 48
    const point = zero
    while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && point - zero < 9) zero -= 1
    return String(point - zero)
  })
