// What is known of the instance types that a shape can be chosen from. It changes only what is chosen from now on: a
// cluster keeps the shape that it was given.
// instance-types.json is made by local/describe-instance-types.ts from EC2's DescribeInstanceTypes. State of November
// 2026: the answers that moto 5.2.5 (PyPI) keeps in moto/ec2/resources/instance_types.json.gz; the network of the c, m,
// r and t families and of g5 and g6 agrees with Karpenter's pkg/providers/instancetype/zz_generated.bandwidth.go.
// Check one with `aws ec2 describe-instance-types --instance-types c7a.48xlarge`.
import families from './instance-types.json' with { type: 'json' }

export type InstanceType = {
  name: string
  architecture: 'x86_64' | 'arm64'
  /** Whether it can be in a cluster placement group: burstable types cannot. */
  placementGroup: boolean
  vcpus: number
  /** As many as vCPUs where a core has one thread. */
  cores: number
  memoryGiB: number
  /** What it sustains, all cards together. */
  networkGbps: number
  /** The most EFA interfaces; 0 where it has none. */
  efa: number
  gpus: number
  gpu: string | undefined
}

/** The columns of instance-types.json. What is left out is 0. */
export type Row = [
  vcpus: number,
  cores: number,
  memoryGiB: number,
  networkGbps: number,
  efa?: number,
  gpus?: number,
]
type Family = { architecture?: 'arm64'; placementGroup?: false; gpu?: string; sizes: Record<string, Row> }
export type Families = Record<string, Family>

export const instanceTypeFacts: readonly InstanceType[] = Object.entries(
  families as unknown as Families,
).flatMap(([family, { sizes, ...of }]) =>
  Object.entries(sizes).map(([size, [vcpus, cores, memoryGiB, networkGbps, efa = 0, gpus = 0]]) => ({
    name: `${family}.${size}`,
    architecture: of.architecture ?? 'x86_64',
    placementGroup: of.placementGroup ?? true,
    vcpus,
    cores,
    memoryGiB,
    networkGbps,
    efa,
    gpus,
    gpu: of.gpu,
  })),
)

/** Whether an entry of a site's list, a type or a whole family as in `c7a.*`, means the type. */
export const allows = (entry: string, { name }: Pick<InstanceType, 'name'>): boolean =>
  entry === name || (entry.endsWith('.*') && name.startsWith(entry.slice(0, -1)))
