// What clusters are told by the cloud around them, asked of the emulator.
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { DescribeAccessPointsCommand, EFSClient } from '@aws-sdk/client-efs'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { secretName } from '../../core/names.ts'
import { s3Objects } from '../mirror/objects.ts'
import type { Outside } from '../slurm/outside.ts'
import { publicKeyOf } from './openssh-key.ts'

export type EmulatorOptions = {
  endpointUrl: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
}

export type EmulatorOutside = Outside & {
  /** The admin's public key. EC2 keeps none in the emulator, so it is read off the private half. */
  adminKey(clusterName: string, deploymentId: string): Promise<string>
}

export function emulatorOutside({ endpointUrl, region, credentials }: EmulatorOptions): EmulatorOutside {
  const client = { endpoint: endpointUrl, region, credentials }
  const ec2 = new EC2Client(client)
  const efs = new EFSClient(client)
  const s3 = new S3Client({ ...client, forcePathStyle: true })
  const secrets = new SecretsManagerClient(client)
  const logs = new CloudWatchLogsClient(client)
  return {
    subnetCidr: async (subnetId) => {
      const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] }))
      return present(Subnets?.[0]?.CidrBlock, `The head node's subnet ${subnetId} does not exist.`)
    },
    accessPoint: async (accessPointId) => {
      const { AccessPoints } = await efs.send(
        new DescribeAccessPointsCommand({ AccessPointId: accessPointId }),
      )
      const point = present(AccessPoints?.[0], `The EFS access point ${accessPointId} does not exist.`)
      const { OwnerUid, OwnerGid } = point.RootDirectory?.CreationInfo ?? {}
      return {
        fileSystemId: point.FileSystemId ?? '',
        rootDirectory: point.RootDirectory?.Path ?? '/',
        ...(OwnerUid !== undefined && OwnerGid !== undefined
          ? { ownerUid: OwnerUid, ownerGid: OwnerGid }
          : {}),
      }
    },
    secret: async (arn) => {
      const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: arn }))
      return present(SecretString, `The secret ${arn} holds no text.`)
    },
    script: async (url) => {
      const [, bucket, key] = url.match(/^s3:\/\/([^/]+)\/(.+)$/) ?? []
      if (!bucket || !key) throw new Error('it is not an s3:// address')
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      return present(await Body?.transformToString(), 'it is empty')
    },
    objects: s3Objects(s3),
    logs: {
      createStream: async (logGroupName, logStreamName) => {
        await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }))
      },
      putEvents: async (logGroupName, logStreamName, logEvents) => {
        await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }))
      },
    },
    adminKey: async (name, deploymentId) => {
      const id = secretName({ name, deploymentId }, 'admin')
      const { SecretString } = await secrets
        .send(new GetSecretValueCommand({ SecretId: id }))
        .catch((error) => {
          throw new Error(`The admin's key cannot be read from the secret ${id}: ${error.message}`, {
            cause: error,
          })
        })
      return publicKeyOf(SecretString ?? '')
    },
  }
}

function present<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new Error(message)
  return value
}
