// What a cluster's stack tells of it: written by stack-template.ts, read back by stack-facts.ts.
import type { Site } from '../site.ts'

/** Each output's name and the attribute of the provider that it holds. */
export const headNodeOutputs = {
  HeadNodeIp: 'headNode.privateIpAddress',
  HeadNodeInstanceId: 'headNode.instanceId',
  HeadNodeInstanceType: 'headNode.instanceType',
  HeadNodeLaunchTime: 'headNode.launchTime',
  HeadNodeState: 'headNode.state',
  PclusterStackArn: 'cloudformationStackArn',
} as const

export const outputNames = ['SubnetId', ...Object.keys(headNodeOutputs), 'SshPort', 'SlurmRestPort'] as (
  | 'SubnetId'
  | 'SshPort'
  | 'SlurmRestPort'
  | keyof typeof headNodeOutputs
)[]

export function stackOutputs({
  provider,
  slurmRest,
}: Pick<Site, 'provider' | 'slurmRest'>): Record<string, { Value: unknown }> {
  const { sshPortAttribute, slurmRestPortAttribute } = provider
  const attribute = (name: string) => ({ Value: { 'Fn::GetAtt': ['Cluster', name] } })
  const restPort = slurmRestPortAttribute
    ? attribute(slurmRestPortAttribute)
    : { Value: String(slurmRest?.port) }
  return {
    SubnetId: { Value: { Ref: 'Subnet' } },
    ...Object.fromEntries(Object.entries(headNodeOutputs).map(([name, of]) => [name, attribute(of)])),
    ...(sshPortAttribute === undefined ? {} : { SshPort: attribute(sshPortAttribute) }),
    ...(slurmRest === undefined ? {} : { SlurmRestPort: restPort }),
  }
}
