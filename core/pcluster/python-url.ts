// Python's urlparse, as far as ParallelCluster's rules look: scheme and place.
// https://github.com/python/cpython/blob/3.11/Lib/urllib/parse.py

/** Undefined for what urlparse refuses: half a pair of brackets. */
export function parseUrl(text: string): { scheme: string; place: string } | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what urlparse strips
  let rest = text.replace(/^[\x00-\x20]+/, '').replaceAll(/[\t\r\n]/g, '')
  const match = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(rest)
  const scheme = match?.[1]?.toLowerCase() ?? ''
  if (match) rest = rest.slice(match[0].length)
  if (!rest.startsWith('//')) return { scheme, place: '' }
  const place = rest.slice(2).split(/[/?#]/, 1)[0] ?? ''
  return place.includes('[') === place.includes(']') ? { scheme, place } : undefined
}

/** The port of a place: a number, none, or undefined for what is no port. */
export function portOf(place: string): number | 'none' | undefined {
  const host = place.slice(place.lastIndexOf('@') + 1)
  const open = host.indexOf('[')
  const after = open < 0 ? host : host.slice(open).split(']').slice(1).join(']')
  const colon = after.indexOf(':')
  const port = colon < 0 ? '' : after.slice(colon + 1)
  if (port === '') return 'none'
  return /^\d+$/.test(port) && Number(port) <= 65535 ? Number(port) : undefined
}
