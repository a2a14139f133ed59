// The stack of a cluster, by what each resource means.
import { describe, expect, it } from 'vitest'
import { outputNames } from '../../../core/render/stack-outputs.ts'
import { stackTemplate, templateBytesLimit } from '../../../core/render/stack-template.ts'
import { readTemplates } from '../../../lib/read-templates.ts'
import { evaluate, type Statement } from '../../lib/iam.ts'
import { aCluster, aSite, userKey } from '../samples.ts'

type Resource = { Type: string; Properties: Record<string, unknown>; [attribute: string]: unknown }
type Template = { Resources: Record<string, Resource>; Outputs: Record<string, { Value: unknown }> }

const templates = readTemplates()
const stack = (cluster = aCluster(), site = aSite()) => stackTemplate(templates, cluster, site) as Template
const withTier = (tier: string) => aCluster({ spec: { tier, lustre: true, benchmark: true } })
const { Resources, Outputs } = stack()
const slurmRest = { port: 6830, userClaimField: 'sun', jwks: { bucket: 'identity-keys', key: 'jwks.json' } }
const tcp = (port: number) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port })

describe('the stack of a cluster', () => {
  it.each(Object.keys(templates.tiers))('of tier %s fits into a request', (tier) => {
    expect(Buffer.byteLength(JSON.stringify(stack(withTier(tier))))).toBeLessThan(templateBytesLimit)
  })

  it('has a subnet of its own: its slot, its zone, the private route table', () => {
    expect(Resources.Subnet?.Properties).toMatchObject({
      VpcId: 'vpc-0123456789abcdef0',
      CidrBlock: '10.64.3.0/24',
      AvailabilityZone: 'eu-west-1b',
      MapPublicIpOnLaunch: false,
    })
    expect(Resources.SubnetRouteTable?.Properties).toEqual({
      SubnetId: { Ref: 'Subnet' },
      RouteTableId: 'rtb-0123456789abcdef0',
    })
  })

  it('lets nodes out no further than themselves and the services, and in from themselves only', () => {
    const { SecurityGroupIngress, SecurityGroupEgress } = Resources.SecurityGroup?.Properties ?? {}
    const itself = expect.objectContaining({ IpProtocol: '-1', CidrIp: '10.64.3.0/24' })
    expect(SecurityGroupIngress).toEqual([itself])
    expect(SecurityGroupEgress).toEqual([
      itself,
      expect.objectContaining({ ...tcp(443), CidrIp: '10.0.0.0/24' }),
      expect.objectContaining({ ...tcp(2049), CidrIp: '10.0.0.0/24' }),
      expect.objectContaining({ ...tcp(443), DestinationPrefixListId: 'pl-6da54004' }),
    ])
    expect(JSON.stringify(Resources)).not.toContain('0.0.0.0/0')
  })

  it('lets in SSH at the head node from where the site says, and the Slurm REST API where there is one', () => {
    const ingress = (site = aSite()) =>
      stack(aCluster(), site).Resources.HeadSecurityGroup?.Properties.SecurityGroupIngress
    const from = (port: number) =>
      ['10.1.0.0/16', '10.2.0.0/16'].map((CidrIp) => expect.objectContaining({ ...tcp(port), CidrIp }))
    expect(ingress()).toEqual(from(22))
    expect(ingress(aSite({ slurmRest: { ...slurmRest, port: 8443 } }))).toEqual([...from(22), ...from(8443)])
    expect(() => aSite({ slurmRest: { ...slurmRest, port: 6820 } })).toThrow('6829')
  })

  it('lets nodes out to the database where there is one', () => {
    const { Properties } =
      stack(
        aCluster(),
        aSite({ accounting: { uri: 'db:3306', functionName: 'accounting', usageFunctionName: 'usage' } }),
      ).Resources.SecurityGroup ?? {}
    expect(Properties?.SecurityGroupEgress).toContainEqual(
      expect.objectContaining({ ...tcp(3306), CidrIp: '10.0.0.0/24' }),
    )
  })

  it('has the rules by which EFA knows its group, before the cluster, where a tier uses EFA', () => {
    const group = { 'Fn::GetAtt': ['SecurityGroup', 'GroupId'] }
    const { SecurityGroupFromSelf, SecurityGroupToSelf, Cluster } = stack(withTier('prod-mpi')).Resources
    expect(SecurityGroupFromSelf?.Properties).toEqual({
      GroupId: group,
      IpProtocol: '-1',
      SourceSecurityGroupId: group,
    })
    expect(SecurityGroupToSelf?.Properties).toEqual({
      GroupId: group,
      IpProtocol: '-1',
      DestinationSecurityGroupId: group,
    })
    expect(Cluster?.DependsOn).toEqual([
      'NameClaim',
      'SubnetRouteTable',
      'SecurityGroupFromSelf',
      'SecurityGroupToSelf',
    ])
  })

  it('has no such rules for other tiers, nor where rules cannot be resources', () => {
    const emulator = aSite({ network: { ruleResources: false } })
    for (const { Resources } of [stack(withTier('debug')), stack(withTier('prod-mpi'), emulator)]) {
      expect(Object.keys(Resources).sort()).toEqual(
        [
          'AccessPoint',
          'Cluster',
          'HeadSecurityGroup',
          'JobLogGroup',
          'JobLogPolicy',
          'NameClaim',
          'ProjectPolicy',
          'SecurityGroup',
          'Subnet',
          'SubnetRouteTable',
        ].sort(),
      )
      expect(Resources.Cluster?.DependsOn).toEqual(['NameClaim', 'SubnetRouteTable'])
    }
  })

  it('claims the cluster’s name before the cluster begins, by what an account has once, and gives it back', () => {
    const claim = (changes = {}) => stack(aCluster(changes)).Resources.NameClaim
    expect(claim()).toEqual({
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: `/hpc-provisioner/names/${aCluster().name}`, RetentionInDays: 1 },
    })
    expect(claim({ deploymentId: '01k0another' })).toEqual(claim())
  })

  it('opens the project directory of the shared file system as root, for whoever', () => {
    expect(Resources.AccessPoint?.Properties).toEqual({
      FileSystemId: 'fs-0123456789abcdef0',
      RootDirectory: {
        Path: `/${aCluster().name}`,
        CreationInfo: { OwnerUid: '0', OwnerGid: '0', Permissions: '0755' },
      },
    })
  })

  it('keeps the job records of a cluster that was, not of one that never came to be', () => {
    const { name } = aCluster()
    expect(Resources.JobLogGroup).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { LogGroupName: `/hpc-provisioner/jobs/${name}/01k0deployment`, RetentionInDays: 90 },
    })
  })

  it('lets the head node write to its own job log, and do nothing else with logs', () => {
    const { Path, PolicyDocument } = (Resources.JobLogPolicy as Resource).Properties as {
      Path: string
      PolicyDocument: { Statement: object[] }
    }
    // The provider attaches managed policies of this path only.
    expect(Path).toBe('/parallelcluster/')
    const group = 'arn:aws:logs:eu-west-1:123456789012:log-group:/hpc-provisioner/jobs/a/b'
    const statements = JSON.parse(
      JSON.stringify(PolicyDocument.Statement).replace(
        '{"Fn::GetAtt":["JobLogGroup","Arn"]}',
        `"${group}:*"`,
      ),
    ) as Statement[]
    const may = (action: string, resource: string) => evaluate(statements, { action, resource }) === 'allowed'
    expect(may('logs:PutLogEvents', `${group}:log-stream:jobs`)).toBe(true)
    expect(may('logs:CreateLogStream', `${group}:log-stream:jobs`)).toBe(true)
    expect(may('logs:GetLogEvents', `${group}:log-stream:jobs`)).toBe(false)
    expect(may('logs:DeleteLogStream', `${group}:log-stream:jobs`)).toBe(false)
    expect(may('logs:PutLogEvents', `${group}2:log-stream:jobs`)).toBe(false)
    expect(Resources.Cluster?.Properties).toMatchObject({
      ClusterConfiguration: {
        HeadNode: {
          Iam: {
            AdditionalIamPolicies: [
              { Policy: { Ref: 'ProjectPolicy' } },
              { Policy: { Ref: 'JobLogPolicy' } },
            ],
          },
        },
      },
    })
  })

  it('gives the provider the cluster, its resources by reference and its keys', () => {
    const { name } = aCluster()
    const { ClusterConfiguration, ...rest } = Resources.Cluster?.Properties ?? {}
    expect(Resources.Cluster?.Type).toBe('Custom::PclusterCluster')
    expect(rest).toEqual({
      ServiceToken: 'arn:aws:lambda:eu-west-1:1:function:provider',
      ClusterName: name,
      DeletionPolicy: 'Delete',
    })
    expect(ClusterConfiguration).toMatchObject({
      HeadNode: {
        Networking: {
          SubnetId: { Ref: 'Subnet' },
          SecurityGroups: [
            { 'Fn::GetAtt': ['SecurityGroup', 'GroupId'] },
            { 'Fn::GetAtt': ['HeadSecurityGroup', 'GroupId'] },
          ],
        },
        Ssh: { KeyName: `${name}-01k0deployment` },
        CustomActions: {
          OnNodeConfigured: {
            Sequence: expect.arrayContaining([
              expect.objectContaining({
                Args: ['sim', '5000', '5000', userKey],
              }),
            ]),
          },
        },
      },
      SharedStorage: [
        { EfsSettings: { FileSystemId: 'fs-0123456789abcdef0', AccessPointId: { Ref: 'AccessPoint' } } },
        { StorageType: 'FsxLustre' },
      ],
    })
  })

  it('tells where the head node is, and its port where the provider knows one', () => {
    expect(Outputs.HeadNodeIp?.Value).toEqual({ 'Fn::GetAtt': ['Cluster', 'headNode.privateIpAddress'] })
    expect(Outputs.SubnetId?.Value).toEqual({ Ref: 'Subnet' })
    expect(Object.keys(Outputs)).toEqual(outputNames.filter((name) => !name.endsWith('Port')))
    const local = stack(aCluster(), aSite({ provider: { sshPortAttribute: 'sshPort' } }))
    expect(local.Outputs.SshPort?.Value).toEqual({ 'Fn::GetAtt': ['Cluster', 'sshPort'] })
  })

  it("tells the port of Slurm's REST API: the site's, or the provider's own", () => {
    expect(stack(aCluster(), aSite({ slurmRest })).Outputs.SlurmRestPort?.Value).toBe('6830')
    const local = aSite({ slurmRest, provider: { slurmRestPortAttribute: 'restPort' } })
    expect(stack(aCluster(), local).Outputs.SlurmRestPort?.Value).toEqual({
      'Fn::GetAtt': ['Cluster', 'restPort'],
    })
  })

  it('is the same for the same cluster', () => {
    expect(JSON.stringify(stack())).toBe(JSON.stringify(stack()))
  })

  it('cannot be made before the cluster has a place and a key', () => {
    const { slot: _, ...noSlot } = aCluster()
    const { zone: __, ...noZone } = aCluster()
    const { keys: ___, ...noKeys } = aCluster()
    for (const incomplete of [noSlot, noZone, noKeys]) expect(() => stack(incomplete)).toThrow(/ has no /)
  })
})
