// The filter at the machine's end of a cluster's cable, run over frames as the kernel runs it.
import { describe, expect, it } from 'vitest'
import { oneWayFilter } from '../../local/slurm/one-way.ts'

type Frame = {
  etherType?: number
  protocol?: number
  flags?: number
  offset?: number
  port?: number
  words?: number
}
const flag = { syn: 0x02, rst: 0x04, ack: 0x10, fin: 0x01 }

/** An Ethernet frame with an IPv4 header of so many 32-bit words, and TCP. */
function frame({
  etherType = 0x0800,
  protocol = 6,
  flags = 0,
  offset = 0,
  port = 9,
  words = 5,
}: Frame): Buffer {
  const bytes = Buffer.alloc(14 + words * 4 + 20)
  bytes.writeUInt16BE(etherType, 12)
  bytes.writeUInt8(0x40 | words, 14)
  bytes.writeUInt16BE(offset, 20)
  bytes.writeUInt8(protocol, 23)
  bytes.writeUInt16BE(port, 14 + words * 4 + 2)
  bytes.writeUInt8(flags, 14 + words * 4 + 13)
  return bytes
}

/** The instructions of classic BPF that the filter uses: Linux, Documentation/networking/filter.rst. */
function verdict(filter: string, packet: Buffer): 'pass' | 'drop' {
  const [count, ...program] = filter.split(',')
  expect(program).toHaveLength(Number(count))
  let [a, x] = [0, 0]
  for (let i = 0; i < program.length; i++) {
    const [code = 0, yes = 0, no = 0, value = 0] = program[i]?.split(' ').map(Number) ?? []
    if (code === 0x28) a = packet.readUInt16BE(value)
    else if (code === 0x30) a = packet.readUInt8(value)
    else if (code === 0x48) a = packet.readUInt16BE(x + value)
    else if (code === 0x50) a = packet.readUInt8(x + value)
    else if (code === 0xb1) x = (packet.readUInt8(value) & 0xf) * 4
    else if (code === 0x15) i += a === value ? yes : no
    else if (code === 0x45) i += a & value ? yes : no
    else if (code === 0x06) return value === 0 ? 'pass' : 'drop'
    else throw new Error(`There is no instruction ${code} here.`)
  }
  throw new Error('The filter ends without an answer.')
}

describe('what comes from a cluster', () => {
  it.each<[string, Frame, 'pass' | 'drop']>([
    ['a connection that it opens', { flags: flag.syn }, 'drop'],
    ['its yes to a connection', { flags: flag.syn | flag.ack }, 'pass'],
    ['its no to a connection', { flags: flag.rst }, 'pass'],
    ['data of a connection', { flags: flag.ack }, 'pass'],
    ['the end of a connection', { flags: flag.fin | flag.ack }, 'pass'],
    ['a segment without any sense', { flags: flag.fin }, 'drop'],
    ['data behind IP options', { flags: flag.ack, words: 15 }, 'pass'],
    ['a connection that it opens behind IP options', { flags: flag.syn, words: 15 }, 'drop'],
    ['a later fragment', { flags: flag.ack, offset: 1 }, 'drop'],
    ['a whole packet that says not to fragment', { flags: flag.ack, offset: 0x4000 }, 'pass'],
    ['UDP', { protocol: 17, flags: flag.ack }, 'drop'],
    ['a ping', { protocol: 1 }, 'drop'],
    ['IPv6', { etherType: 0x86dd, flags: flag.ack }, 'drop'],
    ['the question who has an address', { etherType: 0x0806 }, 'pass'],
  ])('%s %j: %s', (_, described, answer) => {
    expect(verdict(oneWayFilter(), frame(described))).toBe(answer)
  })

  it('may ask the ports that are open to it, and no other', () => {
    const filter = oneWayFilter([3306, 6819])
    const opening = (port: number, protocol = 6) =>
      verdict(filter, frame({ flags: flag.syn, port, protocol }))
    expect([opening(3306), opening(6819), opening(22)]).toEqual(['pass', 'pass', 'drop'])
    expect(opening(3306, 17)).toBe('drop')
    expect(verdict(filter, frame({ flags: flag.ack, port: 22 }))).toBe('pass')
  })
})
