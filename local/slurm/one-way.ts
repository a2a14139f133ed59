// Makes a cluster's cable one-way: the machine opens connections to the cluster and gets their answers, the cluster opens
// none to the machine. A filter of the kernel's (tc-bpf(8), classic BPF) at the machine's end of the cable, since routes
// cannot tell an answer from a question, and since tc comes with ip while a firewall may be missing.
import { run } from './run.ts'

const etherTypes = { ip: 0x0800, arp: 0x0806 }
const tcp = 6
// Offsets of an Ethernet frame with IPv4 (RFC 791, RFC 9293).
const at = { etherType: 12, ipHeader: 14, fragment: 20, protocol: 23 }
const flags = { resetOrAck: 0x14 }
const fragmentOffset = 0x1fff

// linux/filter.h: what an instruction does, and how it is written.
const op = {
  loadByte: 0x30,
  loadHalf: 0x28,
  loadByteAfterX: 0x50,
  loadHalfAfterX: 0x48,
  headerLengthToX: 0xb1,
  ifEqual: 0x15,
  ifAnyBit: 0x45,
  answer: 0x06,
} as const
// linux/pkt_cls.h
const verdicts = { pass: 0, drop: 2 }

type Goal = 'pass' | 'drop' | 'next'
type Instruction = { op: number; value: number; yes?: Goal; no?: Goal }

const load = (code: number, value: number): Instruction => ({ op: code, value })
const check = (code: number, value: number, yes: Goal, no: Goal): Instruction => ({
  op: code,
  value,
  yes,
  no,
})

/**
 * The filter as `tc` reads it: ARP passes, and of TCP what belongs to a connection that the machine has opened, which
 * is every segment but the first (it alone has neither ACK nor RST). `openPorts` of the machine may be asked as well.
 */
export function oneWayFilter(openPorts: readonly number[] = []): string {
  const program: Instruction[] = [
    load(op.loadHalf, at.etherType),
    check(op.ifEqual, etherTypes.arp, 'pass', 'next'),
    check(op.ifEqual, etherTypes.ip, 'next', 'drop'),
    load(op.loadByte, at.protocol),
    check(op.ifEqual, tcp, 'next', 'drop'),
    // A later fragment has no header to look at.
    load(op.loadHalf, at.fragment),
    check(op.ifAnyBit, fragmentOffset, 'drop', 'next'),
    load(op.headerLengthToX, at.ipHeader),
    load(op.loadByteAfterX, at.ipHeader + 13),
    check(op.ifAnyBit, flags.resetOrAck, 'pass', 'next'),
    ...(openPorts.length > 0 ? [load(op.loadHalfAfterX, at.ipHeader + 2)] : []),
    ...openPorts.map((port) => check(op.ifEqual, port, 'pass', 'next')),
    load(op.answer, verdicts.drop),
    load(op.answer, verdicts.pass),
  ]
  const places = { drop: program.length - 2, pass: program.length - 1 }
  // A jump counts from the instruction after it.
  const jump = (from: number, goal: Goal = 'next') => (goal === 'next' ? 0 : places[goal] - from - 1)
  const lines = program.map(({ op, value, yes, no }, i) => `${op} ${jump(i, yes)} ${jump(i, no)} ${value}`)
  return [program.length, ...lines].join(',')
}

/** Throws where the kernel cannot filter so, as in some containers. */
export async function makeOneWay(device: string, openPorts?: readonly number[]): Promise<void> {
  await run('tc', ['qdisc', 'add', 'dev', device, 'clsact'])
  const filter = ['bpf', 'direct-action', 'bytecode', oneWayFilter(openPorts)]
  await run('tc', ['filter', 'add', 'dev', device, 'ingress', ...filter])
}
