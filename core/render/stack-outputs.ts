// What a cluster's stack tells of it: written by stack-template.ts, read back by stack-facts.ts.

/** Each output's name and the attribute of the provider that it holds. */
export const headNodeOutputs = {
  HeadNodeIp: 'headNode.privateIpAddress',
  HeadNodeInstanceId: 'headNode.instanceId',
  HeadNodeInstanceType: 'headNode.instanceType',
  HeadNodeLaunchTime: 'headNode.launchTime',
  HeadNodeState: 'headNode.state',
  PclusterStackArn: 'cloudformationStackArn',
} as const

export const outputNames = ['SubnetId', ...Object.keys(headNodeOutputs), 'SshPort'] as (
  | 'SubnetId'
  | 'SshPort'
  | keyof typeof headNodeOutputs
)[]

export const stackOutputs = (sshPortAttribute: string | undefined): Record<string, { Value: object }> => ({
  SubnetId: { Value: { Ref: 'Subnet' } },
  ...Object.fromEntries(
    Object.entries({
      ...headNodeOutputs,
      ...(sshPortAttribute === undefined ? {} : { SshPort: sshPortAttribute }),
    }).map(([name, attribute]) => [name, { Value: { 'Fn::GetAtt': ['Cluster', attribute] } }]),
  ),
})
