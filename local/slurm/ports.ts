// Free ports on loopback for the clusters of an ordinary user, who has no addresses to give.
import { createServer } from 'node:net'

const range = { first: 21000, last: 29999 }
const reserved = new Set<number>()
let turn: Promise<unknown> = Promise.resolve()

/** The first of `count` consecutive free ports. They stay reserved until given back; one search runs at a time. */
export function reservePorts(count: number): Promise<number> {
  const mine = turn.then(() => search(count))
  turn = mine.catch(() => {})
  return mine
}

export function releasePorts(first: number, count: number): void {
  for (let port = first; port < first + count; port += 1) reserved.delete(port)
}

async function search(count: number): Promise<number> {
  const blocks = Math.floor((range.last - range.first + 1) / count)
  // Another program like this one searches too: a random start keeps the two apart.
  const start = Math.floor(Math.random() * blocks)
  for (let tried = 0; tried < blocks; tried += 1) {
    const first = range.first + ((start + tried) % blocks) * count
    const ports = Array.from({ length: count }, (_, index) => first + index)
    if (ports.some((port) => reserved.has(port))) continue
    if (!(await Promise.all(ports.map(isFree))).every((free) => free)) continue
    for (const port of ports) reserved.add(port)
    return first
  }
  throw new Error(`There are no ${count} free ports in a row between ${range.first} and ${range.last}.`)
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
