// What we ask of EC2: the admin's key pair, and which zones offer which instance types.
import {
  DeleteKeyPairCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeKeyPairsCommand,
  EC2Client,
  type EC2ClientConfig,
  ImportKeyPairCommand,
} from '@aws-sdk/client-ec2'
import type { Cloud } from '../core/cloud.ts'
import { isNamed, sending } from './errors.ts'

export function ec2(
  config: EC2ClientConfig,
): Pick<Cloud, 'importKeyPair' | 'deleteKeyPair' | 'getKeyPair' | 'zonesOffering'> {
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
