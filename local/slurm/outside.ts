// What a cluster is told by the cloud around it. The provider asks the emulator; tests answer for themselves.

import type { Objects } from '../mirror/objects.ts'

export type AccessPoint = {
  fileSystemId: string
  rootDirectory: string
  /** The owner of the root directory when it is made. */
  ownerUid?: number
  ownerGid?: number
}

export type Outside = {
  /** The subnet's range, as in 10.64.3.0/24. */
  subnetCidr(subnetId: string): Promise<string>
  accessPoint(accessPointId: string): Promise<AccessPoint>
  /** The text of a secret, by its ARN. */
  secret(arn: string): Promise<string>
  /** The text behind an s3:// address. */
  script(url: string): Promise<string>
  /** The data buckets; without them a cluster's data are plain folders of its own. */
  objects?: Objects
  logs: Logs
}

/** CloudWatch Logs, as far as head nodes write to it. Throws errors with the names of the service. */
export type Logs = {
  createStream(group: string, stream: string): Promise<void>
  putEvents(group: string, stream: string, events: { timestamp: number; message: string }[]): Promise<void>
}

/** One cluster to boot. */
export type ClusterRequest = {
  name: string
  /** The rendered ParallelCluster configuration, a plain map. */
  configuration: unknown
  /** Public keys, one authorized_keys line each, of the default user ec2-user. */
  adminKeys: string[]
}

/** A cluster that runs. */
export type HeadNode = {
  address: string
  sshPort: number
  instanceType: string
  /** Where slurmrestd answers; none where the configuration has no REST API. */
  slurmRestPort?: number
}
