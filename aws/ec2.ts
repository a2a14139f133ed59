// What we ask of EC2: the admin's key pair, what of a stack is still there, and which zones offer which instance types.
import {
  DeleteKeyPairCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  EC2Client,
  type EC2ClientConfig,
  ImportKeyPairCommand,
} from '@aws-sdk/client-ec2'
import type { Cloud } from '../core/cloud.ts'
import type { Leftover } from '../core/cluster.ts'
import { isNamed, sending } from './errors.ts'

const isKnown = new Set(['AWS::EC2::Subnet', 'AWS::EC2::SecurityGroup'])

export function ec2(
  config: EC2ClientConfig,
): Pick<Cloud, 'importKeyPair' | 'deleteKeyPair' | 'getKeyPair' | 'listRemaining' | 'zonesOffering'> {
  const client = new EC2Client(config)
  return {
    async importKeyPair(name, publicKey, tags) {
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
      try {
        await sending(
          client.send(
            new ImportKeyPairCommand({
              KeyName: name,
              PublicKeyMaterial: new TextEncoder().encode(publicKey),
              TagSpecifications: [{ ResourceType: 'key-pair', Tags }],
            }),
          ),
        )
      } catch (error) {
        if (!isNamed(error, 'InvalidKeyPair.Duplicate')) throw error
      }
    },

    async deleteKeyPair(name) {
      try {
        await sending(client.send(new DeleteKeyPairCommand({ KeyName: name })))
      } catch (error) {
        if (!isNamed(error, 'InvalidKeyPair.NotFound')) throw error
      }
    },

    async getKeyPair(name) {
      try {
        const { KeyPairs = [] } = await sending(
          client.send(new DescribeKeyPairsCommand({ KeyNames: [name] })),
        )
        return KeyPairs.length > 0 ? 'there' : 'absent'
      } catch (error) {
        if (isNamed(error, 'InvalidKeyPair.NotFound')) return 'absent'
        throw error
      }
    },

    async listRemaining(leftovers) {
      const idsOf = (type: string) =>
        leftovers.filter((one) => one.type === type).map(({ physicalId }) => physicalId)
      const subnets = idsOf('AWS::EC2::Subnet')
      const groups = idsOf('AWS::EC2::SecurityGroup')
      const there = new Set<string | undefined>()
      // By a filter: an id that is not there is no error then.
      if (subnets.length > 0) {
        const Filters = [{ Name: 'subnet-id', Values: subnets }]
        const { Subnets = [] } = await sending(client.send(new DescribeSubnetsCommand({ Filters })))
        for (const { SubnetId } of Subnets) there.add(SubnetId)
      }
      if (groups.length > 0) {
        const Filters = [{ Name: 'group-id', Values: groups }]
        const { SecurityGroups = [] } = await sending(
          client.send(new DescribeSecurityGroupsCommand({ Filters })),
        )
        for (const { GroupId } of SecurityGroups) there.add(GroupId)
      }
      const isGone = ({ type, physicalId }: Leftover) => isKnown.has(type) && !there.has(physicalId)
      return leftovers.filter((one) => !isGone(one))
    },

    async zonesOffering(instanceTypes, zones) {
      const offered = new Map<string, Set<string>>()
      let NextToken: string | undefined
      do {
        const page = await sending(
          client.send(
            new DescribeInstanceTypeOfferingsCommand({
              LocationType: 'availability-zone',
              Filters: [
                { Name: 'instance-type', Values: instanceTypes },
                { Name: 'location', Values: zones },
              ],
              ...(NextToken ? { NextToken } : {}),
            }),
          ),
        )
        for (const { Location = '', InstanceType = '' } of page.InstanceTypeOfferings ?? [])
          offered.set(Location, (offered.get(Location) ?? new Set()).add(InstanceType))
        NextToken = page.NextToken
      } while (NextToken)
      return zones.filter((zone) => instanceTypes.every((type) => offered.get(zone)?.has(type)))
    },
  }
}
