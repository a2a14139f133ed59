// Makes core/shape/instance-types.json from what EC2 itself tells of its types:
//   aws ec2 describe-instance-types --output json | node local/describe-instance-types.ts &&
//     npx biome check --write core/shape/instance-types.json
// A type that the asked region does not offer keeps its row.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Families, Row } from '../core/shape/instance-types.ts'

/** What is read of an answer of EC2's DescribeInstanceTypes. */
export type Told = {
  InstanceType: string
  ProcessorInfo: { SupportedArchitectures: string[] }
  VCpuInfo: { DefaultVCpus: number; DefaultCores: number }
  MemoryInfo: { SizeInMiB: number }
  PlacementGroupInfo: { SupportedStrategies: string[] }
  NetworkInfo: {
    /** As in "50 Gigabit", "4x 100 Gigabit", "Up to 12.5 Gigabit". */
    NetworkPerformance: string
    NetworkCards: { BaselineBandwidthInGbps?: number }[]
    EfaInfo?: { MaximumEfaInterfaces?: number }
  }
  GpuInfo?: { Gpus: { Count: number; Manufacturer: string; Name: string }[] }
}

/** The families that a site may want: current ones without local disks, and those that EFA or GPUs are wanted for. */
const families = [
  ...['t3', 'm5', 'm6i', 'm7a', 'm7i', 'r6i', 'r7a', 'r7i', 'x2idn', 'x2iedn'],
  ...['c5n', 'c6a', 'c6i', 'c6in', 'c7a', 'c7i', 'c8a'],
  ...['hpc6a', 'hpc6id', 'hpc7a', 'hpc8a'],
  ...['c7g', 'c7gn', 'm7g', 'r7g', 'hpc7g'],
  ...['g4dn', 'g5', 'g6', 'g6e', 'p4d', 'p5'],
]
/** Less is no Slurm node. */
const leastMiB = 1024

export function describeInstanceTypes(told: Told[], known: Families = {}): Families {
  const all = structuredClone(known)
  for (const one of told) {
    const [family = '', size = ''] = one.InstanceType.split('.')
    const isMetal = size.startsWith('metal')
    if (!families.includes(family) || isMetal || one.MemoryInfo.SizeInMiB < leastMiB) continue
    all[family] = { ...ofFamily(one), sizes: { ...all[family]?.sizes, [size]: rowOf(one) } }
  }
  return Object.fromEntries(
    Object.entries(all)
      .sort(([a], [b]) => families.indexOf(a) - families.indexOf(b))
      .map(([family, { sizes, ...of }]) => [family, { ...of, sizes: sorted(sizes) }]),
  )
}

function ofFamily({ ProcessorInfo, PlacementGroupInfo, GpuInfo }: Told): Omit<Families[string], 'sizes'> {
  const [gpu] = GpuInfo?.Gpus ?? []
  return {
    ...(ProcessorInfo.SupportedArchitectures.includes('arm64') ? { architecture: 'arm64' } : {}),
    ...(PlacementGroupInfo.SupportedStrategies.includes('cluster') ? {} : { placementGroup: false }),
    ...(gpu ? { gpu: `${gpu.Manufacturer} ${gpu.Name}` } : {}),
  }
}

function rowOf({ VCpuInfo, MemoryInfo, NetworkInfo, GpuInfo }: Told): Row {
  const row = [VCpuInfo.DefaultVCpus, VCpuInfo.DefaultCores, MemoryInfo.SizeInMiB / 1024, gbps(NetworkInfo)]
  const efa = NetworkInfo.EfaInfo?.MaximumEfaInterfaces ?? 0
  const gpus = (GpuInfo?.Gpus ?? []).reduce((sum, { Count }) => sum + Count, 0)
  return [...row, ...(gpus ? [efa, gpus] : efa ? [efa] : [])] as Row
}

/** What it sustains: its cards together, but at most what the whole type is said to have. */
function gbps({ NetworkPerformance, NetworkCards }: Told['NetworkInfo']): number {
  const sum = NetworkCards.reduce((all, { BaselineBandwidthInGbps = 0 }) => all + BaselineBandwidthInGbps, 0)
  const [, times = '1', each] = /^(?:(\d+)x )?([\d.]+) Gigabit$/.exec(NetworkPerformance) ?? []
  return each ? Math.min(sum, Number(times) * Number(each)) : sum
}

const sorted = (sizes: Families[string]['sizes']): Families[string]['sizes'] =>
  Object.fromEntries(Object.entries(sizes).sort(([, a], [, b]) => a[0] - b[0] || a[2] - b[2]))

export const factsPath = join(import.meta.dirname, '../core/shape/instance-types.json')

if (import.meta.main) {
  const { InstanceTypes } = JSON.parse(await text(process.stdin)) as { InstanceTypes: Told[] }
  const known = JSON.parse(readFileSync(factsPath, 'utf8')) as Families
  writeFileSync(factsPath, `${JSON.stringify(describeInstanceTypes(InstanceTypes, known), null, 2)}\n`)
}
