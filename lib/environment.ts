// One environment: all in which one deployment of the app differs from another. bin/app.ts lists them.

import { OrphanKind } from '../core/orphans/report.ts'
import { CheckName, checkNames } from '../core/preflight/report.ts'
import { computeNodes, type Templates } from '../core/render/templates.ts'
import { allows, instanceTypeFacts } from '../core/shape/instance-types.ts'
import { Site } from '../core/site.ts'
import { Cidr, isWhole, rangeContains, slotCidr, slotNodes } from '../core/slots.ts'
import * as z from '../core/zod.ts'
import { callingParts } from './environment-api.ts'
import { checkNetworkParts, networkParts } from './environment-network.ts'
import { accountingPart, lifetimesPart, notificationsPart, storagePart } from './environment-parts.ts'

/** The mask of a service subnet. */
export const serviceMask = 24
export const serviceRange = (vpcCidr: string, zone: number): string =>
  slotCidr({ clusterRange: vpcCidr, slotPrefix: serviceMask }, zone)

const {
  vpcId: _vpcId,
  routeTableId: _routeTableId,
  serviceRanges: _serviceRanges,
  ...network
} = Site.shape.network.shape

// What both CloudWatch and ParallelCluster's RetentionInDays take.
const retentionDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653]

const isKnown = (entry: string): boolean => instanceTypeFacts.some((type) => allows(entry, type))

export const Environment = z
  .strictObject({
    /** Short, so that its own stacks can never be taken for a cluster's: see permissions.ts. */
    name: z
      .string()
      .check(z.maxLength(20), z.regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case letters, digits and "-"')),
    /** The AWS account; without one the templates fit any account. */
    account: z.optional(z.string().check(z.regex(/^\d{12}$/, 'must be twelve digits, in quotes'))),
    region: z.string(),
    network: z.strictObject({
      ...network,
      ...networkParts,
      sshFrom: z
        .array(Cidr.check(z.refine((range) => !range.endsWith('/0'), 'must not be the whole world')))
        .check(z.minLength(1)),
      prefixLists: z.optional(
        z.array(z.string().check(z.regex(/^pl-[0-9a-f]+$/, 'must be the id of a prefix list'))),
      ),
      /** Its first /24 ranges, one per zone, are for endpoints and mount targets. */
      vpcCidr: Cidr.check(
        z.refine((range) => isWhole({ clusterRange: range, slotPrefix: serviceMask }), {
          message: `must begin at a multiple of its size and hold a /${serviceMask}`,
        }),
        z.refine((range) => Number(range.split('/')[1]) >= 16, 'is too large for a VPC: /16 is the largest'),
      ),
    }),
    api: z.strictObject({
      endpointType: z.enum(['REGIONAL', 'PRIVATE']),
      /** Whether API Gateway writes down every request, also those that it refuses. Its logging role is the account's. */
      accessLog: z._default(z.boolean(), true),
      /** Further execute-api endpoints, beside the network's own, that may call a PRIVATE API. */
      vpcEndpointIds: z._default(z.array(z.string()), []),
      ...callingParts,
    }),
    /** Who builds clusters: AWS's ParallelCluster provider, or a local one that a function forwards to. */
    provider: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('parallelcluster'), version: z.string() }),
      z.strictObject({
        kind: z.literal('local'),
        version: z.string(),
        url: z.string(),
        token: z.string(),
        /** The IAM user that calls the API in place of the Workflow Service's role. */
        caller: z.string(),
      }),
    ]),
    /** What outlives clusters. */
    storage: storagePart,
    /** Whose tokens Slurm's REST API takes. Without it clusters have no such API. */
    identity: z.optional(
      z.strictObject({
        /** Where the identity provider publishes its keys; Keycloak: …/realms/REALM/protocol/openid-connect/certs. */
        jwksUrl: z.url({ protocol: /^https?$/ }),
        // It becomes part of a line of slurm.conf, in which a comma or a space would begin something else.
        userClaimField: z
          .string()
          .check(
            z.regex(
              /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/,
              'must be the name of a claim: letters, digits, "_", "." or "-"',
            ),
          ),
      }),
    ),
    /** How the functions are shipped: as zips, or as container images, which Docker builds where the app is deployed. */
    packaging: z._default(z.enum(['zip', 'image']), 'zip'),
    /** The accounting database: one that the app makes, or one that is there. Without it nothing is accounted. */
    accounting: z.optional(accountingPart),
    customAmi: z.optional(z.string()),
    /** For clusters that ask for resources: what the region offers and its quotas bear; all known types if left out. */
    instanceTypes: z.optional(
      z
        .array(
          z
            .string()
            .check(
              z.refine(isKnown, 'must be a type or a family of core/shape/instance-types.ts, as in c7a.*'),
            ),
        )
        .check(z.minLength(1)),
    ),
    /** Who is told of alarms, and of what becomes of clusters. */
    notifications: z.prefault(notificationsPart, {}),
    /** False where an alarm cannot join several metrics (an emulator): such alarms are left out. */
    metricMath: z._default(z.boolean(), true),
    /** False where rights to one stream of a log group cannot be given (an emulator): the group's are given then. */
    logStreamRights: z._default(z.boolean(), true),
    costTags: Site.shape.costTags,
    logRetentionDays: z.literal(retentionDays),
    auditDays: Site.shape.auditDays,
    /** How long clusters are there by default, and the most that one request may ask for: docs/operations.md. */
    lifetimes: z.prefault(lifetimesPart, {}),
    limits: Site.shape.limits,
    limitSeconds: Site.shape.limitSeconds,
    /**
     * Whose key encrypts what rests: AWS's own, which cost nothing and need no rights, or one key of the environment's
     * own, whose use can be seen and taken away. It cannot be changed for a file system that is there.
     */
    encryption: z._default(z.enum(['aws', 'customer']), 'aws'),
    /** Whether queues and buckets refuse whatever is not TLS; an emulator speaks plain HTTP. */
    tlsOnly: z.boolean(),
    /** What preflight looks at; some services are not in an emulator. */
    preflight: z._default(z.array(CheckName), [...checkNames]),
    /** Whether what deployments left behind is only reported each day, or deleted; the right to delete comes with it. */
    sweepOrphans: z._default(z.enum(['report', 'delete']), 'report'),
    /** What the sweeper does not look for: services that are not in an emulator. */
    leaveOutOrphans: z._default(z.array(OrphanKind), []),
    /** False where IAM does not know the tags of what somebody deletes (an emulator). */
    tagConditions: z._default(z.boolean(), true),
    /** Whether tables, file system and buckets outlive the app's stacks. */
    retainData: z.boolean(),
  })
  .check(({ value, issues }) => {
    const { name, account, region, network, api, provider, storage, identity, accounting, tlsOnly } = value
    const refuse = (isRefused: boolean, path: (string | number)[], message: string) => {
      if (isRefused) issues.push({ code: 'custom', path, message, input: undefined })
    }
    const { vpcCidr, clusterRange, slotPrefix, zones, prefixLists = [] } = network
    const range = ['network', 'clusterRange']
    const services = zones.map((_, zone) => serviceRange(vpcCidr, zone))
    refuse(!isWhole(network), range, `must begin at a multiple of its size and hold a /${slotPrefix}`)
    refuse(!rangeContains(vpcCidr, clusterRange), range, 'must lie within network.vpcCidr')
    refuse(
      services.some((service) => rangeContains(clusterRange, service)),
      range,
      `must leave the first /${serviceMask} ranges of network.vpcCidr, one per zone, free`,
    )
    refuse(
      !services.every((service) => rangeContains(vpcCidr, service)),
      ['network', 'vpcCidr'],
      `must hold a /${serviceMask} for each of network.zones`,
    )
    refuse(
      tlsOnly && identity?.jwksUrl.startsWith('http:') === true,
      ['identity', 'jwksUrl'],
      'must be https: who changes the keys on their way is everybody on every cluster',
    )
    refuse(
      provider.kind === 'parallelcluster' && prefixLists.length === 0,
      ['network', 'prefixLists'],
      'must name those of S3 and DynamoDB: without them no node reaches its scripts',
    )
    refuse(
      accounting?.kind === 'rds' && zones.length < 2,
      ['network', 'zones'],
      'must name two zones at least: RDS wants subnets in two',
    )
    refuse(
      accounting?.kind === 'rds' && accounting.maxStorageGiB <= accounting.storageGiB,
      ['accounting', 'maxStorageGiB'],
      'must be more than storageGiB',
    )
    refuse(
      storage.publicBucket !== undefined && storage.publicBucket === storage.privateBucket,
      ['storage', 'privateBucket'],
      'must be another than storage.publicBucket, which every project reads',
    )
    refuse(
      name in api.stages,
      ['api', 'stages', name],
      'must have another name than the environment, whose stage it is',
    )
    refuse(
      api.endpointType !== 'PRIVATE' && api.vpcEndpointIds.length > 0,
      ['api', 'vpcEndpointIds'],
      'must name endpoints only where api.endpointType is PRIVATE',
    )
    refuse(
      api.endpointType === 'PRIVATE' &&
        api.vpcEndpointIds.length === 0 &&
        network.leaveOutEndpoints.includes('execute-api'),
      ['network', 'leaveOutEndpoints'],
      'must keep execute-api where api.endpointType is PRIVATE, or nothing reaches the API',
    )
    checkNetworkParts(network, { account, region }, refuse)
  })
export type Environment = z.infer<typeof Environment>

/** Throws with the path and the rule of everything that is wrong. */
export function parseEnvironment(name: string, described: object): Environment {
  const parsed = Environment.safeParse({ name, ...described })
  if (parsed.success) return parsed.data
  throw new Error(`Environment ${name} in bin/app.ts:\n${z.prettifyError(parsed.error)}`)
}

/** Throws naming the environment and the tier when a tier's most nodes do not fit into a cluster's subnet. */
export function checkTiersFit({ name, network }: Environment, templates: Templates): void {
  for (const tier of Object.keys(templates.tiers)) {
    const nodes = computeNodes(templates, tier)
    if (nodes > slotNodes(network))
      throw new Error(
        `Environment ${name}: tier ${tier} can have ${nodes} nodes, but a /${network.slotPrefix} subnet holds ` +
          `${slotNodes(network)}. Lower the tier's MaxCount or network.slotPrefix.`,
      )
  }
}
