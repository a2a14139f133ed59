// A small valid configuration, and changes of it by path.
type Tree = Record<string, unknown>

export const minimal = (): Tree => ({
  Image: { Os: 'alinux2023' },
  HeadNode: {
    InstanceType: 't3.medium',
    Networking: { SubnetId: 'subnet-12345678' },
    Ssh: { KeyName: 'key' },
  },
  Scheduling: {
    Scheduler: 'slurm',
    SlurmQueues: [
      {
        Name: 'queue',
        ComputeResources: [{ Name: 'nodes', Instances: [{ InstanceType: 'c5.large' }] }],
        Networking: { SubnetIds: ['subnet-12345678'] },
      },
    ],
  },
})

export const queue = 'Scheduling.SlurmQueues.0'
export const resource = `${queue}.ComputeResources.0`

/** The minimal configuration with values at paths, `undefined` removes; what is missing on the way is made. */
export function changed(changes: Record<string, unknown>): Tree {
  const tree = minimal()
  for (const [path, value] of Object.entries(changes)) {
    const steps = path.split('.')
    let at = tree
    steps.slice(0, -1).forEach((step, index) => {
      at[step] ??= /^\d+$/.test(steps[index + 1] ?? '') ? [] : {}
      at = at[step] as Tree
    })
    const last = steps.at(-1) ?? ''
    if (value === undefined) delete at[last]
    else at[last] = value
  }
  return tree
}

export const storage = (StorageType: string, settings: Tree = {}, more: Tree = {}): Tree => ({
  Name: 'storage',
  MountDir: '/shared',
  StorageType,
  ...(Object.keys(settings).length > 0 && { [`${StorageType}Settings`]: settings }),
  ...more,
})

export const list = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

/** A queue over two subnets. */
export const zones = { [`${queue}.Networking.SubnetIds`]: ['subnet-11111111', 'subnet-22222222'] }
