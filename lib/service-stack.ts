// The control plane: API, functions, tables, queue, and the role that builds clusters.
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'
import type { Expected } from '../core/preflight/questions.ts'
import { passSeconds } from '../core/reconcile/decide.ts'
import { Site } from '../core/site.ts'
import type { AccountingStack } from './accounting-stack.ts'
import { Api } from './api.ts'
import { endpointsOf, gatewayEndpoints } from './endpoints.ts'
import { type Environment, serviceRange } from './environment.ts'
import { Functions } from './functions.ts'
import { IdentityKeys } from './identity-keys.ts'
import { Monitoring } from './monitoring.ts'
import type { NetworkFacts } from './network-stack.ts'
import { Notices } from './notices.ts'
import { Preflight } from './preflight.ts'
import { providerServiceToken } from './provider.ts'
import { LookQueue } from './queue.ts'
import { removalRole } from './removal-role.ts'
import { clusterStackRole } from './stack-role.ts'
import { Tables } from './tables.ts'

type Props = StackProps & {
  environment: Environment
  network: NetworkFacts
  storage: Site['storage']
  accounting?: Pick<AccountingStack, 'accounting' | 'functionArns' | 'storage'> | undefined
  scripts: Site['scripts']
  bundles: string
  version: string
  /** The environment's own key, where it has one. */
  key?: IKey
}

/** What the local provider tells beside ParallelCluster's own attributes. */
const localAttributes = {
  sshPortAttribute: 'headNode.sshPort',
  slurmRestPortAttribute: 'headNode.slurmRestPort',
}

export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, props: Props) {
    const { environment, network, storage, accounting, scripts, bundles, version, key, ...stackProps } = props
    super(scope, id, stackProps)
    const keyed = key ? { key } : {}
    const serviceToken = providerServiceToken(this, environment, storage, bundles)
    const stackRole = clusterStackRole(this, {
      ...network,
      fileSystemId: storage.fileSystemId,
      serviceToken,
      ...keyed,
    })
    const removal = environment.provider.kind === 'parallelcluster' ? removalRole(this) : undefined
    const keys = environment.identity
      ? new IdentityKeys(this, 'IdentityKeys', {
          ...environment,
          ...keyed,
          identity: environment.identity,
          bundles,
        })
      : undefined
    if (keys) new CfnOutput(this, 'KeysFunction', { value: keys.function.functionName })
    const { vpcCidr, zones } = environment.network
    const serviceRanges = zones.map((_, zone) => serviceRange(vpcCidr, zone))
    const site: Site = {
      name: environment.name,
      region: this.region,
      // Through the schema, which leaves out what functions need not know: they have little room for their environment.
      network: Site.shape.network.parse({ ...environment.network, ...network, serviceRanges }),
      storage,
      scripts,
      provider: {
        serviceToken,
        version: environment.provider.version,
        ...(environment.provider.kind === 'local' ? localAttributes : {}),
        ...(removal ? { removalRoleArn: removal.roleArn } : {}),
      },
      ...(accounting ? { accounting: accounting.accounting } : {}),
      stackRoleArn: stackRole.roleArn,
      ...(key ? { logKeyArn: key.keyArn } : {}),
      ...(environment.customAmi ? { customAmi: environment.customAmi } : {}),
      ...(keys ? { slurmRest: keys.slurmRest } : {}),
      ...(environment.instanceTypes ? { instanceTypes: environment.instanceTypes } : {}),
      costTags: environment.costTags,
      logRetentionDays: environment.logRetentionDays,
      limitSeconds: environment.limitSeconds,
    }

    const tables = new Tables(this, 'Tables', { retainData: environment.retainData, ...keyed })
    // The reconciler counts on a pass being over by then.
    const passTimeout = Duration.seconds(passSeconds - 15)
    const looks = new LookQueue(this, 'Looks', { passTimeout, tlsOnly: environment.tlsOnly, ...keyed })
    const notices = new Notices(this, 'Notices', { ...environment, ...keyed })
    const functions = new Functions(this, 'Functions', {
      bundles,
      tables,
      looks,
      notices,
      passTimeout,
      stackRoleArn: stackRole.roleArn,
      removalRoleArn: removal?.roleArn,
      accounting: accounting?.functionArns,
      logRetentionDays: environment.logRetentionDays,
      inspected: site,
      expected: JSON.stringify(expectedOf(environment)),
      packaging: environment.packaging,
      ...keyed,
      environment: {
        SITE: this.toJsonString(site),
        CLUSTERS_TABLE: tables.clusters.tableName,
        SLOTS_TABLE: tables.slots.tableName,
        EVENTS_TABLE: tables.events.tableName,
        QUEUE_URL: looks.queue.queueUrl,
        EVENT_BUS: notices.bus.eventBusName,
        SERVICE_VERSION: version,
        ...(key ? { SECRETS_KEY: key.keyArn } : {}),
      },
    })
    const { vpcEndpointIds } = environment.api
    const api = {
      ...environment.api,
      vpcEndpointIds: [...(network.apiEndpointId ? [network.apiEndpointId] : []), ...vpcEndpointIds],
    }
    const { all } = functions
    new Preflight(this, 'Preflight', { handler: all.preflight })
    const { restApi } = new Api(this, 'Api', {
      ...environment,
      ...keyed,
      api,
      handler: all.api,
      others: { preflight: all.preflight },
    })
    const database = accounting?.storage
    const watched = { environment, functions: all, keys, database, looks, notices, tables, api: restApi }
    new Monitoring(this, 'Monitoring', { ...watched, ...keyed })
  }
}

// Plain data: an export of the network stack that this one took could not be given up before it.
const expectedOf = (environment: Environment): Expected => ({
  checks: environment.preflight,
  endpoints: [...Object.keys(gatewayEndpoints), ...endpointsOf(environment).map(({ name }) => name)],
  peers: environment.network.peering.map(({ vpcId, ranges }) => ({ vpcId, ranges })),
})
