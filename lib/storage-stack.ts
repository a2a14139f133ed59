// What outlives clusters: the file system of the homes, the two data buckets, and the node scripts.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { type IVpc, Peer, Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2'
import { FileSystem } from 'aws-cdk-lib/aws-efs'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { Asset } from 'aws-cdk-lib/aws-s3-assets'
import type { Construct } from 'constructs'
import type { Site } from '../core/site.ts'
import { dataBuckets } from './data-buckets.ts'
import { withKey } from './encryption.ts'
import type { Environment } from './environment.ts'
import { homesPolicy } from './homes-policy.ts'
import { accept } from './nag.ts'

type Props = StackProps &
  Pick<Environment, 'network' | 'retainData' | 'tlsOnly'> & {
    vpc: IVpc
    scriptsFolder: string
    data: Environment['storage']
    key?: IKey
  }

export class StorageStack extends Stack {
  readonly storage: Site['storage']
  readonly scripts: Site['scripts']

  constructor(
    scope: Construct,
    id: string,
    { vpc, network, data, retainData, tlsOnly, scriptsFolder, key, ...props }: Props,
  ) {
    super(scope, id, props)
    const removalPolicy = retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY

    const mountTargets = new SecurityGroup(this, 'MountTargets', {
      vpc,
      allowAllOutbound: false,
      description: 'NFS from the clusters to the file system of the homes',
    })
    mountTargets.addIngressRule(Peer.ipv4(network.clusterRange), Port.tcp(2049), 'NFS from the clusters')
    // ParallelCluster's validator asks for 2049 outbound as well.
    mountTargets.addEgressRule(Peer.ipv4(network.clusterRange), Port.tcp(2049), 'NFS to the clusters')
    const homes = new FileSystem(this, 'Homes', {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroup: mountTargets,
      encrypted: true,
      enableAutomaticBackups: data.backups,
      fileSystemPolicy: homesPolicy(),
      ...withKey('kmsKey', key),
      removalPolicy,
    })

    accept(
      this,
      'AwsSolutions-S1',
      'Who reads what is recorded by CloudTrail where an account wants it; a log object per request would outgrow the data.',
    )
    this.storage = {
      fileSystemId: homes.fileSystemId,
      ...dataBuckets(this, { ...data, tlsOnly, removalPolicy }),
      dataTasks: data.dataTasks,
      ...(data.mountpoint ? { mountpoint: data.mountpoint } : {}),
    }
    this.scripts = this.nodeScripts(scriptsFolder)
  }

  /** Each script under the hash of its text: a cluster keeps the scripts that it was created with. */
  private nodeScripts(folder: string): Site['scripts'] {
    const assets = readdirSync(folder)
      .filter((file) => /\.(sh|py)$/.test(file))
      .map((file) => [file, new Asset(this, `Script-${file}`, { path: join(folder, file) })] as const)
    const bucket = assets[0]?.[1].s3BucketName
    if (!bucket) throw new Error(`There is no node script in ${folder}.`)
    return { bucket, keys: Object.fromEntries(assets.map(([file, asset]) => [file, asset.s3ObjectKey])) }
  }
}
