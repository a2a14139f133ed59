// A second opinion beside the template tests: the network and the storage of the AWS environment, and one cluster's stack,
// are really created, by moto's CloudFormation, and what was made is asked back through EC2 and EFS.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { homeDirectory, stackName } from '../../core/names.ts'
import { stackTemplate } from '../../core/render/stack-template.ts'
import { slotCidr } from '../../core/slots.ts'
import { readTemplates } from '../../lib/read-templates.ts'
import { aCluster } from '../core/samples.ts'
import { deploy, siteOf } from '../lib/deployed.ts'
import { awsKeys } from '../lib/variants.ts'
import { homesOf, vpcOf, wayOf } from './made.ts'
import { create, type Moto, mainVpc, motoServer, physicalId, startMoto } from './moto.ts'

if (!motoServer) console.warn('SKIPPED, no second opinion: moto is not installed (test/requirements.txt).')

// moto makes no KMS keys from templates.
const example = deploy('example', awsKeys)
const { assembly, all, environment } = example
const { vpcCidr, zones } = environment.network
/** What moto does not make: its types do not matter to network or storage. */
const notMade = /^(Custom::|AWS::CloudFormation::CustomResource|AWS::CDK::Metadata|AWS::Lambda::)/

type Template = {
  Resources: Record<string, { Type: string; Properties?: object; DependsOn?: unknown }>
  Outputs?: object
}
type Rule = { IpProtocol: string; FromPort?: number }
// moto wants the ports that CloudFormation leaves out where a rule is for every protocol.
const withPorts = (rule: Rule): Rule => ({ FromPort: -1, ToPort: -1, ...rule }) as Rule
const made = ({ Resources, Outputs }: Template): Template => ({
  Resources: Object.fromEntries(
    Object.entries(Resources)
      .filter(([, { Type }]) => !notMade.test(Type))
      .map(([id, resource]) => {
        const { SecurityGroupIngress: rules } = (resource.Properties ?? {}) as {
          SecurityGroupIngress?: Rule[]
        }
        const ingress = rules ? { SecurityGroupIngress: rules.map(withPorts) } : {}
        return [id, { ...resource, Properties: { ...resource.Properties, ...ingress } }]
      }),
  ),
  ...(Outputs ? { Outputs } : {}),
})

describe.skipIf(!motoServer)('made by CloudFormation', () => {
  let moto: Moto
  let clustersTable = ''
  let vpc: Awaited<ReturnType<typeof vpcOf>>
  let storage: Awaited<ReturnType<typeof homesOf>>
  const cluster = aCluster({ zone: zones[0] ?? '' })

  beforeAll(async () => {
    moto = await startMoto(environment.region)
    const withMainVpc = await mainVpc(moto)
    for (const { stackName: name, template } of assembly.stacks)
      if (/-(network|storage)$/.test(name)) await create(moto, name, withMainVpc(made(template)))
    const network = 'hpc-provisioner-example-network'
    clustersTable = await physicalId(moto, network, 'ClusterRouteTable')
    vpc = await vpcOf(moto, vpcCidr)
    storage = await homesOf(moto)
    await create(moto, stackName(cluster), clusterStack())
    vpc = await vpcOf(moto, vpcCidr)
    storage = await homesOf(moto)
  }, 180_000)
  afterAll(() => moto?.stop())

  /** The stack of one cluster, in the network and on the file system that were made; the cluster itself is ParallelCluster's. */
  function clusterStack(): Template {
    const site = siteOf(example)
    const template = stackTemplate(readTemplates(), cluster, {
      ...site,
      network: { ...site.network, vpcId: vpc.id, routeTableId: clustersTable },
      storage: { ...site.storage, fileSystemId: storage.homes.FileSystemId ?? '' },
    }) as Template
    const { Resources } = made(template)
    return { Resources }
  }

  it('every route leads to the VPC itself, a gateway endpoint or the peering', () => {
    expect(vpc.routeTables.length).toBeGreaterThan(zones.length)
    const ways = vpc.routeTables.flatMap(({ Routes = [] }) => Routes.map(wayOf))
    expect(ways).toContain('the VPC itself')
    expect(ways.filter((way) => way.startsWith('elsewhere'))).toEqual([])
  })

  it('no route is a default route', () => {
    const destinations = vpc.routeTables.flatMap(({ Routes = [] }) =>
      Routes.map(
        ({ DestinationCidrBlock, DestinationIpv6CidrBlock }) =>
          DestinationCidrBlock ?? DestinationIpv6CidrBlock,
      ),
    )
    expect(destinations.filter((range) => range?.endsWith('/0'))).toEqual([])
  })

  // A group's own rules outwards are not read by moto, which gives each group AWS's default: network.test.ts has them.
  it('no security group lets the whole world in', () => {
    expect(vpc.groups.length).toBeGreaterThan(1)
    expect(vpc.rules.length).toBeGreaterThan(vpc.groups.length)
    const inwards = vpc.rules.filter(({ IsEgress }) => !IsEgress)
    expect(inwards.length).toBeGreaterThan(1)
    expect(inwards.filter(({ CidrIpv4, CidrIpv6 }) => CidrIpv4?.endsWith('/0') || CidrIpv6)).toEqual([])
  })

  it('every endpoint of the template is there, interface endpoints with private DNS', () => {
    const wanted = all('AWS::EC2::VPCEndpoint').map(({ Properties }) => Properties.ServiceName)
    expect(vpc.endpoints.map(({ ServiceName }) => ServiceName).sort()).toEqual(wanted.sort())
    const plain = vpc.endpoints.filter(
      ({ VpcEndpointType, PrivateDnsEnabled }) => VpcEndpointType === 'Interface' && !PrivateDnsEnabled,
    )
    expect(plain).toEqual([])
  })

  it('the clusters’ route table has both gateway endpoints', () => {
    const gateways = vpc.endpoints.filter(({ VpcEndpointType }) => VpcEndpointType === 'Gateway')
    expect(gateways).toHaveLength(2)
    for (const { ServiceName, RouteTableIds } of gateways)
      expect([ServiceName, RouteTableIds?.includes(clustersTable)]).toEqual([ServiceName, true])
  })

  it('every peering of the template is there', () => {
    expect(vpc.peerings).toHaveLength(all('AWS::EC2::VPCPeeringConnection').length)
  })

  it('the homes are encrypted, with a mount target in a subnet of each zone', () => {
    expect(storage.homes.Encrypted).toBe(true)
    expect(storage.mountTargets.map(({ AvailabilityZoneName }) => AvailabilityZoneName).sort()).toEqual(
      [...zones].sort(),
    )
    const service = new Set(vpc.subnets.map(({ SubnetId }) => SubnetId))
    for (const { SubnetId } of storage.mountTargets) expect(service).toContain(SubnetId)
  })

  it('the mount targets take NFS and nothing else', () => {
    const groups = new Set(storage.groups.flat())
    expect(groups.size).toBeGreaterThan(0)
    const rules = vpc.rules.filter(({ GroupId = '', IsEgress }) => groups.has(GroupId) && !IsEgress)
    expect(rules.length).toBeGreaterThan(0)
    expect([
      ...new Set(rules.map(({ IpProtocol, FromPort, ToPort }) => `${IpProtocol} ${FromPort}-${ToPort}`)),
    ]).toEqual(['tcp 2049-2049'])
  })

  it('a cluster’s stack makes its subnet, with the clusters’ route table and no public address', async () => {
    const cidr = slotCidr(environment.network, cluster.slot ?? 0)
    const [subnet] = vpc.subnets.filter(({ CidrBlock }) => CidrBlock === cidr)
    expect(subnet).toMatchObject({ AvailabilityZone: zones[0], MapPublicIpOnLaunch: false })
    // moto tells of the association here and not in its route tables.
    expect(await physicalId(moto, stackName(cluster), 'SubnetRouteTable')).toBe(clustersTable)
  })

  it('a cluster’s access point is on its project’s directory, which root owns', () => {
    const [point] = storage.accessPoints
    expect(storage.accessPoints).toHaveLength(1)
    expect(point?.RootDirectory?.Path).toBe(homeDirectory(cluster))
    // moto answers the numbers as the template's text.
    expect(Object.values(point?.RootDirectory?.CreationInfo ?? {}).map(String)).toEqual(['0', '0', '0755'])
    expect(point?.PosixUser ?? {}).toEqual({})
  })
})
