// One environment: all in which one deployment of the app differs from another. bin/app.ts lists them.
import { z } from 'zod'
import { Site } from '../core/site.ts'
import { Cidr, rangeContains, slotCidr, slotNodes } from '../core/slots.ts'
import { computeNodes, type Templates } from '../core/templates.ts'

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

export const Environment = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case letters, digits and "-"'),
    /** The AWS account; without one the templates fit any account. */
    account: z.string().optional(),
    region: z.string(),
    network: z.strictObject({
      ...network,
      /** Its first /24 ranges, one per zone, are for endpoints and mount targets. */
      vpcCidr: Cidr,
    }),
    api: z.strictObject({
      endpointType: z.enum(['REGIONAL', 'PRIVATE']),
      /** The execute-api endpoints that may call a PRIVATE API. */
      vpcEndpointIds: z.array(z.string()).default([]),
      /** The roles, and where it cannot be helped users, of the Workflow Service. Everyone else is denied. */
      callers: z.array(z.string().startsWith('arn:')).min(1),
    }),
    /** Who builds clusters: AWS's ParallelCluster provider, or a local one that a function forwards to. */
    provider: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('parallelcluster'), version: z.string() }),
      z.strictObject({ kind: z.literal('local'), version: z.string(), url: z.string(), token: z.string() }),
    ]),
    customAmi: z.string().optional(),
    costTags: Site.shape.costTags,
    logRetentionDays: Site.shape.logRetentionDays,
    limitSeconds: Site.shape.limitSeconds,
    /** Whether queues and buckets refuse whatever is not TLS; an emulator speaks plain HTTP. */
    tlsOnly: z.boolean(),
    /** Whether tables, file system and buckets outlive the app's stacks. */
    retainData: z.boolean(),
  })
  .refine(({ network }) => rangeContains(network.vpcCidr, network.clusterRange), {
    message: 'must lie within network.vpcCidr',
    path: ['network', 'clusterRange'],
  })
  .refine(
    ({ network }) =>
      !network.zones.some((_, i) => rangeContains(network.clusterRange, serviceRange(network.vpcCidr, i))),
    {
      message: 'must leave the first /24 ranges of network.vpcCidr, one per zone, free',
      path: ['network', 'clusterRange'],
    },
  )
export type Environment = z.infer<typeof Environment>

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
