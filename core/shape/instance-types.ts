// What is known of the instance types that a shape can be chosen from. It changes only what is chosen from now on: a
// cluster keeps the shape that it was given. State of November 2026:
// - read: the network that the c, m, r and t families, g5 and g6 (to 24xlarge) sustain, rounded, in Karpenter's
//   pkg/providers/instancetype/zz_generated.bandwidth.go; vCPUs, memory and GPUs of g5 in third parties' tables;
// - from general knowledge, not checked against AWS: all other vCPUs, cores and memory, which types have EFA and how
//   many interfaces, and the network of hpc*, g*.48xlarge, p4d and p5.
// Check one with `aws ec2 describe-instance-types --instance-types c7a.48xlarge`.

export type InstanceType = {
  name: string
  architecture: 'x86_64' | 'arm64'
  /** Whether it can be in a cluster placement group: burstable types cannot. */
  placementGroup: boolean
  vcpus: number
  /** As many as vCPUs where a core has one thread. */
  cores: number
  memoryGiB: number
  networkGbps: number
  /** The most EFA interfaces; 0 where it has none. */
  efa: number
  gpus: number
  gpu: string | undefined
}

type Row = [
  size: string,
  vcpus: number,
  cores: number,
  memoryGiB: number,
  networkGbps: number,
  efa?: number,
  gpus?: number,
]
type Family = { architecture?: 'arm64'; placementGroup?: false; gpu?: string; sizes: Row[] }

const families: Record<string, Family> = {
  t3: {
    placementGroup: false,
    sizes: [
      ['micro', 2, 1, 1, 0.06],
      ['small', 2, 1, 2, 0.13],
      ['medium', 2, 1, 4, 0.26],
      ['large', 2, 1, 8, 0.51],
      ['xlarge', 4, 2, 16, 1.02],
      ['2xlarge', 8, 4, 32, 2.05],
    ],
  },
  c6a: {
    sizes: [
      ['large', 2, 1, 4, 0.78],
      ['xlarge', 4, 2, 8, 1.56],
      ['2xlarge', 8, 4, 16, 3.12],
      ['4xlarge', 16, 8, 32, 6.25],
      ['8xlarge', 32, 16, 64, 12.5],
      ['12xlarge', 48, 24, 96, 18.75],
      ['16xlarge', 64, 32, 128, 25],
      ['24xlarge', 96, 48, 192, 37.5],
      ['32xlarge', 128, 64, 256, 50],
      ['48xlarge', 192, 96, 384, 50, 1],
    ],
  },
  c7a: {
    sizes: [
      ['medium', 1, 1, 2, 0.39],
      ['large', 2, 2, 4, 0.78],
      ['xlarge', 4, 4, 8, 1.56],
      ['2xlarge', 8, 8, 16, 3.12],
      ['4xlarge', 16, 16, 32, 6.25],
      ['8xlarge', 32, 32, 64, 12.5],
      ['12xlarge', 48, 48, 96, 18.75],
      ['16xlarge', 64, 64, 128, 25],
      ['24xlarge', 96, 96, 192, 37.5],
      ['32xlarge', 128, 128, 256, 50],
      ['48xlarge', 192, 192, 384, 50, 1],
    ],
  },
  m7a: {
    sizes: [
      ['medium', 1, 1, 4, 0.39],
      ['large', 2, 2, 8, 0.78],
      ['xlarge', 4, 4, 16, 1.56],
      ['2xlarge', 8, 8, 32, 3.12],
      ['4xlarge', 16, 16, 64, 6.25],
      ['8xlarge', 32, 32, 128, 12.5],
      ['12xlarge', 48, 48, 192, 18.75],
      ['16xlarge', 64, 64, 256, 25],
      ['24xlarge', 96, 96, 384, 37.5],
      ['32xlarge', 128, 128, 512, 50],
      ['48xlarge', 192, 192, 768, 50, 1],
    ],
  },
  r7a: {
    sizes: [
      ['medium', 1, 1, 8, 0.39],
      ['large', 2, 2, 16, 0.78],
      ['xlarge', 4, 4, 32, 1.56],
      ['2xlarge', 8, 8, 64, 3.12],
      ['4xlarge', 16, 16, 128, 6.25],
      ['8xlarge', 32, 32, 256, 12.5],
      ['12xlarge', 48, 48, 384, 18.75],
      ['16xlarge', 64, 64, 512, 25],
      ['24xlarge', 96, 96, 768, 37.5],
      ['32xlarge', 128, 128, 1024, 50],
      ['48xlarge', 192, 192, 1536, 50, 1],
    ],
  },
  c7i: {
    sizes: [
      ['large', 2, 1, 4, 0.78],
      ['xlarge', 4, 2, 8, 1.56],
      ['2xlarge', 8, 4, 16, 3.12],
      ['4xlarge', 16, 8, 32, 6.25],
      ['8xlarge', 32, 16, 64, 12.5],
      ['12xlarge', 48, 24, 96, 18.75],
      ['16xlarge', 64, 32, 128, 25],
      ['24xlarge', 96, 48, 192, 37.5],
      ['48xlarge', 192, 96, 384, 50, 1],
    ],
  },
  m7i: {
    sizes: [
      ['large', 2, 1, 8, 0.78],
      ['xlarge', 4, 2, 16, 1.56],
      ['2xlarge', 8, 4, 32, 3.12],
      ['4xlarge', 16, 8, 64, 6.25],
      ['8xlarge', 32, 16, 128, 12.5],
      ['12xlarge', 48, 24, 192, 18.75],
      ['16xlarge', 64, 32, 256, 25],
      ['24xlarge', 96, 48, 384, 37.5],
      ['48xlarge', 192, 96, 768, 50, 1],
    ],
  },
  m5: {
    sizes: [
      ['large', 2, 1, 8, 0.75],
      ['xlarge', 4, 2, 16, 1.25],
      ['2xlarge', 8, 4, 32, 2.5],
      ['4xlarge', 16, 8, 64, 5],
      ['8xlarge', 32, 16, 128, 10],
      ['12xlarge', 48, 24, 192, 12],
      ['16xlarge', 64, 32, 256, 20],
      ['24xlarge', 96, 48, 384, 25],
    ],
  },
  c7g: {
    architecture: 'arm64',
    sizes: [
      ['medium', 1, 1, 2, 0.52],
      ['large', 2, 2, 4, 0.94],
      ['xlarge', 4, 4, 8, 1.88],
      ['2xlarge', 8, 8, 16, 3.75],
      ['4xlarge', 16, 16, 32, 7.5],
      ['8xlarge', 32, 32, 64, 15],
      ['12xlarge', 48, 48, 96, 22.5],
      ['16xlarge', 64, 64, 128, 30, 1],
    ],
  },
  hpc6a: {
    sizes: [['48xlarge', 96, 96, 384, 100, 1]],
  },
  hpc6id: {
    sizes: [['32xlarge', 64, 64, 1024, 200, 2]],
  },
  hpc7a: {
    sizes: [
      ['12xlarge', 24, 24, 768, 300, 2],
      ['24xlarge', 48, 48, 768, 300, 2],
      ['48xlarge', 96, 96, 768, 300, 2],
      ['96xlarge', 192, 192, 768, 300, 2],
    ],
  },
  g5: {
    gpu: 'NVIDIA A10G',
    sizes: [
      ['xlarge', 4, 2, 16, 2.5, 0, 1],
      ['2xlarge', 8, 4, 32, 5, 0, 1],
      ['4xlarge', 16, 8, 64, 10, 0, 1],
      ['8xlarge', 32, 16, 128, 25, 1, 1],
      ['12xlarge', 48, 24, 192, 40, 1, 4],
      ['16xlarge', 64, 32, 256, 25, 1, 1],
      ['24xlarge', 96, 48, 384, 50, 1, 4],
      ['48xlarge', 192, 96, 768, 100, 1, 8],
    ],
  },
  g6: {
    gpu: 'NVIDIA L4',
    sizes: [
      ['xlarge', 4, 2, 16, 2.5, 0, 1],
      ['2xlarge', 8, 4, 32, 5, 0, 1],
      ['4xlarge', 16, 8, 64, 10, 0, 1],
      ['8xlarge', 32, 16, 128, 25, 1, 1],
      ['12xlarge', 48, 24, 192, 40, 1, 4],
      ['16xlarge', 64, 32, 256, 25, 1, 1],
      ['24xlarge', 96, 48, 384, 50, 1, 4],
      ['48xlarge', 192, 96, 768, 100, 1, 8],
    ],
  },
  p4d: {
    gpu: 'NVIDIA A100',
    sizes: [['24xlarge', 96, 48, 1152, 400, 4, 8]],
  },
  p5: {
    gpu: 'NVIDIA H100',
    sizes: [['48xlarge', 192, 96, 2048, 3200, 32, 8]],
  },
}

export const instanceTypeFacts: readonly InstanceType[] = Object.entries(families).flatMap(
  ([family, { sizes, ...of }]) =>
    sizes.map(([size, vcpus, cores, memoryGiB, networkGbps, efa = 0, gpus = 0]) => ({
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
