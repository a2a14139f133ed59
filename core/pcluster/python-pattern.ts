// Python's regular expressions in JavaScript: re.match begins at the start, `$` also stands before a last newline,
// `.` is anything but a newline, \d and \w know every script.
const classes: Record<string, string> = { d: '\\p{Nd}', w: '\\p{L}\\p{N}_' }

export function pythonPattern(source: string): RegExp {
  let result = ''
  let inSet = false
  for (let at = 0; at < source.length; at += 1) {
    const char = source[at] ?? ''
    if (char === '\\') {
      at += 1
      result += escaped(source[at] ?? '', inSet)
    } else if (char === '[' && !inSet) {
      inSet = true
      result += char
    } else if (char === ']' && inSet) {
      inSet = false
      result += char
    } else if (char === '$' && !inSet) result += '(?=\\n?(?![\\s\\S]))'
    else if (char === '.' && !inSet) result += '[^\\n]'
    else result += char
  }
  return new RegExp(`^(?:${result})`, 'u')
}

function escaped(char: string, inSet: boolean): string {
  const known = classes[char]
  if (known) return inSet ? known : `[${known}]`
  // The `u` flag allows no needless escapes.
  if (/[\^$\\.*+?()[\]{}|/nrtfvDWsSbBux0]/.test(char)) return `\\${char}`
  return char === '-' && inSet ? '\\-' : char
}

/** The length that Python counts: code points. */
export const lengthOf = (text: string): number => {
  let length = 0
  for (const _ of text) length += 1
  return length
}
