// The control plane: API, functions, tables, queue, and the role that builds clusters.
import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'
import { passSeconds } from '../core/reconcile/decide.ts'
import type { Site } from '../core/site.ts'
import { Api } from './api.ts'
import { type Environment, serviceRange } from './environment.ts'
import { Functions } from './functions.ts'
import { providerServiceToken } from './provider.ts'
import { LookQueue } from './queue.ts'
import { clusterStackRole } from './stack-role.ts'
import { Tables } from './tables.ts'

type Props = StackProps & {
  environment: Environment
  network: { vpcId: string; routeTableId: string }
  storage: Site['storage']
  scripts: Site['scripts']
  bundles: string
  version: string
  /** The environment's own key, where it has one. */
  key?: IKey
}

export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, props: Props) {
    const { environment, network, storage, scripts, bundles, version, key, ...stackProps } = props
    super(scope, id, stackProps)
    const keyed = key ? { key } : {}
    const serviceToken = providerServiceToken(this, environment, bundles)
    const stackRole = clusterStackRole(this, {
      ...network,
      fileSystemId: storage.fileSystemId,
      serviceToken,
      ...keyed,
    })
    const { vpcCidr, ...networkData } = environment.network
    const serviceRanges = networkData.zones.map((_, zone) => serviceRange(vpcCidr, zone))
    const site: Site = {
      name: environment.name,
      region: this.region,
      network: { ...networkData, ...network, serviceRanges },
      storage,
      scripts,
      provider: {
        serviceToken,
        version: environment.provider.version,
        ...(environment.provider.kind === 'local' ? { sshPortAttribute: 'headNode.sshPort' } : {}),
      },
      stackRoleArn: stackRole.roleArn,
      ...(key ? { logKeyArn: key.keyArn } : {}),
      ...(environment.customAmi ? { customAmi: environment.customAmi } : {}),
      ...(environment.instanceTypes ? { instanceTypes: environment.instanceTypes } : {}),
      costTags: environment.costTags,
      logRetentionDays: environment.logRetentionDays,
      limitSeconds: environment.limitSeconds,
    }

    const tables = new Tables(this, 'Tables', { retainData: environment.retainData, ...keyed })
    // The reconciler counts on a pass being over by then.
    const passTimeout = Duration.seconds(passSeconds - 15)
    const looks = new LookQueue(this, 'Looks', { passTimeout, tlsOnly: environment.tlsOnly, ...keyed })
    const functions = new Functions(this, 'Functions', {
      bundles,
      tables,
      looks,
      passTimeout,
      stackRoleArn: stackRole.roleArn,
      logRetentionDays: environment.logRetentionDays,
      packaging: environment.packaging,
      ...keyed,
      environment: {
        SITE: this.toJsonString(site),
        CLUSTERS_TABLE: tables.clusters.tableName,
        SLOTS_TABLE: tables.slots.tableName,
        EVENTS_TABLE: tables.events.tableName,
        QUEUE_URL: looks.queue.queueUrl,
        SERVICE_VERSION: version,
        ...(key ? { SECRETS_KEY: key.keyArn } : {}),
      },
    })
    new Api(this, 'Api', { ...environment, ...keyed, handler: functions.api })
  }
}
