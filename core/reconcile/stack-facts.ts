// What a complete stack tells of its cluster, read from its outputs.
import type { Stack } from '../cloud.ts'
import type { Cluster } from '../cluster.ts'

/** An output that is empty, as where a site builds no host, is a fact that there is none. */
export function factsOfOutputs({ outputs, stackId }: Stack): Partial<Cluster> {
  const address = outputs.HeadNodeIp
  return {
    ...optional('stackId', stackId),
    ...optional('subnetId', outputs.SubnetId),
    ...(address
      ? {
          headNode: {
            privateIpAddress: address,
            sshPort: Number(outputs.SshPort ?? 22),
            ...(outputs.SlurmRestPort ? { slurmRestPort: Number(outputs.SlurmRestPort) } : {}),
            ...optional('instanceId', outputs.HeadNodeInstanceId),
            ...optional('instanceType', outputs.HeadNodeInstanceType),
            ...optional('launchTime', outputs.HeadNodeLaunchTime),
            ...optional('state', outputs.HeadNodeState),
          },
        }
      : {}),
  }
}

const optional = <K extends string>(key: K, value: string | undefined): { [key in K]?: string } =>
  value ? ({ [key]: value } as { [key in K]: string }) : {}
