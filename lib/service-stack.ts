// The control plane: API, functions, tables, queue, and the role that builds clusters.
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'
import { type OrphanSettings, orphanKinds } from '../core/orphans/report.ts'
import type { Expected } from '../core/preflight/questions.ts'
import { passSeconds } from '../core/reconcile/decide.ts'
import type { Site } from '../core/site.ts'
import type { AccountingStack } from './accounting-stack.ts'
import { Api } from './api.ts'
import { endpointsOf, gatewayEndpoints } from './endpoints.ts'
import type { Environment } from './environment.ts'
import type { FunctionPlace } from './function.ts'
import { Functions } from './functions.ts'
import { IdentityKeys } from './identity-keys.ts'
import { keyBucket } from './key-bucket.ts'
import { Monitoring } from './monitoring.ts'
import type { NetworkFacts } from './network-stack.ts'
import { Notices } from './notices.ts'
import { Preflight } from './preflight.ts'
import { providerServiceToken } from './provider.ts'
import { LookQueue } from './queue.ts'
import { removalRole } from './removal-role.ts'
import { type MadeSite, wholeSite } from './site.ts'
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

export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, props: Props) {
    const { environment, network, storage, accounting, scripts, bundles, version, key, ...stackProps } = props
    super(scope, id, stackProps)
    const keyed = key ? { key } : {}
    const { logRetentionDays, packaging } = environment
    const place: FunctionPlace = { bundles, logRetentionDays, packaging, ...keyed }
    const serviceToken = providerServiceToken(this, environment.provider, storage, place)
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
    const nodeKeys = keyBucket(this, 'NodeKeys', environment)
    const made: MadeSite = {
      network: { vpcId: network.vpcId, routeTableId: network.routeTableId },
      storage,
      scripts,
      provider: { serviceToken, ...(removal ? { removalRoleArn: removal.roleArn } : {}) },
      ...(accounting ? { accounting: accounting.accounting } : {}),
      stackRoleArn: stackRole.roleArn,
      nodeKeys: { bucket: nodeKeys.bucketName },
      ...(key ? { logKeyArn: key.keyArn } : {}),
      ...(keys ? { slurmRest: keys.slurmRest } : {}),
    }

    const site = wholeSite(environment, made)

    const tables = new Tables(this, 'Tables', { retainData: environment.retainData, ...keyed })
    // The reconciler counts on a pass being over by then.
    const passTimeout = Duration.seconds(passSeconds - 15)
    const looks = new LookQueue(this, 'Looks', { passTimeout, tlsOnly: environment.tlsOnly, ...keyed })
    const notices = new Notices(this, 'Notices', { ...environment, ...keyed })
    const functions = new Functions(this, 'Functions', {
      ...place,
      tables,
      looks,
      notices,
      passTimeout,
      stackRoleArn: stackRole.roleArn,
      nodeKeys,
      logStreamRights: environment.logStreamRights,
      removalRoleArn: removal?.roleArn,
      accounting: accounting?.functionArns,
      inspected: site,
      expected: JSON.stringify(expectedOf(environment)),
      swept: { ...site, ...environment, network: site.network, storage: site.storage },
      orphans: JSON.stringify(orphansOf(environment)),
      environment: {
        // The rest of the site is beside the functions, see site.ts.
        SITE: this.toJsonString(made),
        CLUSTERS_TABLE: tables.clusters.tableName,
        SLOTS_TABLE: tables.slots.tableName,
        EVENTS_TABLE: tables.events.tableName,
        AUDIT_TABLE: tables.audit.tableName,
        OPERATIONS_TABLE: tables.operations.tableName,
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
      others: { preflight: all.preflight, orphans: all.orphans },
    })
    const database = accounting?.storage
    const watched = { environment, functions: all, keys, database, looks, notices, tables, api: restApi }
    new Monitoring(this, 'Monitoring', { ...watched, ...keyed })
  }
}

const orphansOf = ({ sweepOrphans, leaveOutOrphans }: Environment): OrphanSettings => ({
  sweep: sweepOrphans,
  kinds: orphanKinds.filter((kind) => !leaveOutOrphans.includes(kind)),
})

// Plain data: an export of the network stack that this one took could not be given up before it.
const expectedOf = (environment: Environment): Expected => ({
  checks: environment.preflight,
  endpoints: [...Object.keys(gatewayEndpoints), ...endpointsOf(environment).map(({ name }) => name)],
  peers: environment.network.peering.map(({ vpcId, ranges }) => ({ vpcId, ranges })),
})
