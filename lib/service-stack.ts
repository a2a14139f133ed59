// The control plane: API, functions, tables, queue, and the role that builds clusters.
import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { passSeconds } from '../core/reconcile/decide.ts'
import type { Site } from '../core/site.ts'
import type { AccountingStack } from './accounting-stack.ts'
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
  accounting?: Pick<AccountingStack, 'accounting' | 'functionArns'> | undefined
  scripts: Site['scripts']
  bundles: string
  version: string
}

export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, props: Props) {
    const { environment, network, storage, accounting, scripts, bundles, version, ...stackProps } = props
    super(scope, id, stackProps)
    const serviceToken = providerServiceToken(this, environment, bundles)
    const stackRole = clusterStackRole(this, {
      ...network,
      fileSystemId: storage.fileSystemId,
      serviceToken,
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
      ...(accounting ? { accounting: accounting.accounting } : {}),
      stackRoleArn: stackRole.roleArn,
      ...(environment.customAmi ? { customAmi: environment.customAmi } : {}),
      ...(environment.instanceTypes ? { instanceTypes: environment.instanceTypes } : {}),
      costTags: environment.costTags,
      logRetentionDays: environment.logRetentionDays,
      limitSeconds: environment.limitSeconds,
    }

    const tables = new Tables(this, 'Tables', environment)
    // The reconciler counts on a pass being over by then.
    const passTimeout = Duration.seconds(passSeconds - 15)
    const looks = new LookQueue(this, 'Looks', { passTimeout, tlsOnly: environment.tlsOnly })
    const functions = new Functions(this, 'Functions', {
      bundles,
      tables,
      looks,
      passTimeout,
      stackRoleArn: stackRole.roleArn,
      accounting: accounting?.functionArns,
      logRetentionDays: environment.logRetentionDays,
      environment: {
        SITE: this.toJsonString(site),
        CLUSTERS_TABLE: tables.clusters.tableName,
        SLOTS_TABLE: tables.slots.tableName,
        EVENTS_TABLE: tables.events.tableName,
        QUEUE_URL: looks.queue.queueUrl,
        SERVICE_VERSION: version,
      },
    })
    new Api(this, 'Api', { ...environment, handler: functions.api })
  }
}
