// The cluster address range as numbered subnets: slot n is the n-th block of the range.
import * as z from './zod.ts'

export const Cidr = z.cidrv4('must be an IPv4 range such as 10.64.0.0/16')

export type SlotRange = { clusterRange: string; slotPrefix: number }

const parse = (cidr: string) => {
  const [address = '', prefix = ''] = cidr.split('/')
  const base = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
  return { base, prefix: Number(prefix) }
}

const format = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')

/** Whether the range begins where a range of its size can, and holds at least one subnet. */
export function isWhole({ clusterRange, slotPrefix }: SlotRange): boolean {
  const { base, prefix } = parse(clusterRange)
  return prefix <= slotPrefix && base % 2 ** (32 - prefix) === 0
}

/** How many clusters the range can hold at once. */
export function slotCount({ clusterRange, slotPrefix }: SlotRange): number {
  return 2 ** (slotPrefix - parse(clusterRange).prefix)
}

/** The range of slot `slot`, as in 10.64.3.0/24. */
export function slotCidr({ clusterRange, slotPrefix }: SlotRange, slot: number): string {
  return `${format(parse(clusterRange).base + slot * 2 ** (32 - slotPrefix))}/${slotPrefix}`
}

// AWS keeps the first four addresses and the last of every subnet (VPC user guide, "Subnet sizing").
const reservedByAws = 5
/** The head node, and the network interfaces of a Lustre file system. */
const besideComputeNodes = 16

/** How many compute nodes fit beside the head node and the file system. */
export const slotNodes = ({ slotPrefix }: Pick<SlotRange, 'slotPrefix'>): number =>
  2 ** (32 - slotPrefix) - reservedByAws - besideComputeNodes

/**
 * Every slot of the range once, in an order of the deployment's own, so that creates at the same moment try
 * different ones. An odd stride walks through all of a power of two.
 */
export function slotCandidates(range: SlotRange, deploymentId: string): number[] {
  const count = slotCount(range)
  const hash = Array.from(deploymentId).reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 2 ** 31, 7)
  const stride = (Math.floor(hash / count) % count) | 1
  return Array.from({ length: count }, (_, i) => (hash + i * stride) % count)
}

/** Whether `inner` lies wholly within `outer`. */
export function rangeContains(outer: string, inner: string): boolean {
  const [out, within] = [parse(outer), parse(inner)]
  const size = 2 ** (32 - out.prefix)
  return within.prefix >= out.prefix && Math.floor(within.base / size) === Math.floor(out.base / size)
}

/** Whether two ranges have an address in common. */
export const rangesOverlap = (one: string, other: string): boolean =>
  rangeContains(one, other) || rangeContains(other, one)
