// The network that clusters live in: no way to or from the Internet, and the two ways to AWS that cost nothing.
import { describe, expect, it } from 'vitest'
import { deploy, siteOf } from './deployed.ts'

describe.each(['example', 'local'])('the network of %s', (name) => {
  const deployed = deploy(name)
  const { all, one, everything, environment } = deployed

  it('has no Internet gateway, no NAT, no public address, nothing that leads out', () => {
    const types = everything.map(({ Type }) => Type)
    for (const type of [
      'InternetGateway',
      'VPCGatewayAttachment',
      'NatGateway',
      'EIP',
      'EgressOnlyInternetGateway',
      'TransitGatewayAttachment',
    ])
      expect(types).not.toContain(`AWS::EC2::${type}`)
    expect(all('AWS::EC2::Subnet').length).toBe(environment.network.zones.length)
    for (const { id, Properties } of all('AWS::EC2::Subnet'))
      expect([id, Properties.MapPublicIpOnLaunch]).toEqual([id, false])
  })

  it('has no route that leaves it, but to the ranges of the Main VPC', () => {
    const ranges = environment.network.peering.flatMap((peer) => peer.ranges)
    for (const { id, Properties } of all('AWS::EC2::Route')) {
      const { DestinationCidrBlock, VpcPeeringConnectionId, RouteTableId, ...more } = Properties
      expect([id, VpcPeeringConnectionId, more]).toEqual([id, expect.any(String), {}])
      // The one table that is not ours has the way back.
      if (RouteTableId === 'rtb-0123456789abcdef0')
        expect([id, DestinationCidrBlock]).toEqual([id, environment.network.vpcCidr])
      else expect([id, ranges]).toEqual([id, expect.arrayContaining([DestinationCidrBlock])])
    }
    expect(ranges.filter((range) => range.endsWith('/0'))).toEqual([])
  })

  it('has no rule for the whole world, in or out', () => {
    const groups = all('AWS::EC2::SecurityGroup')
    expect(groups.length).toBeGreaterThan(0)
    const rules = [
      ...groups.flatMap(({ Properties }) => [
        ...(Properties.SecurityGroupIngress ?? []),
        ...(Properties.SecurityGroupEgress ?? []),
      ]),
      ...all('AWS::EC2::SecurityGroupIngress').map(({ Properties }) => Properties),
      ...all('AWS::EC2::SecurityGroupEgress').map(({ Properties }) => Properties),
    ]
    for (const { CidrIp, CidrIpv6 } of rules) {
      expect(CidrIp ?? '').not.toMatch(/\/0$/)
      expect(CidrIpv6).toBeUndefined()
    }
    // A group without egress rules of its own lets everything out.
    for (const { id, Properties } of groups)
      expect([id, Properties.SecurityGroupEgress?.length > 0]).toEqual([id, true])
  })

  it.each(['s3', 'dynamodb'])('reaches %s by a gateway endpoint, from the clusters too', (service) => {
    const endpoint = all('AWS::EC2::VPCEndpoint').find(({ Properties }) =>
      Properties.ServiceName.endsWith(`.${service}`),
    )
    const { VpcEndpointType, ServiceName, RouteTableIds, VpcId } = endpoint?.Properties ?? {}
    const site = siteOf(deployed)
    expect(VpcEndpointType).toBe('Gateway')
    expect(ServiceName).toBe(`com.amazonaws.${environment.region}.${service}`)
    expect(RouteTableIds).toContain(site.network.routeTableId)
    expect(RouteTableIds).toHaveLength(environment.network.zones.length + 1)
    expect(VpcId).toBe(site.network.vpcId)
  })

  it('has a service subnet per zone, outside the range of the clusters, where the site says that services are', () => {
    const subnets = all('AWS::EC2::Subnet').map(({ Properties }) => Properties)
    const site = siteOf(deployed)
    expect(subnets.map(({ AvailabilityZone }) => AvailabilityZone)).toEqual(environment.network.zones)
    expect(subnets.map(({ CidrBlock }) => CidrBlock)).toEqual(site.network.serviceRanges)
    expect(one('AWS::EC2::VPC').Properties).toMatchObject({
      CidrBlock: environment.network.vpcCidr,
      EnableDnsSupport: true,
      EnableDnsHostnames: true,
    })
  })
})
