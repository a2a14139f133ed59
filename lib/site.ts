// What functions know of their site: what the environment says, which the build puts beside them as a file, and what
// the deployment has made, which comes in a variable. Both in variables would not fit into Lambda's 4 KB.

import { merge } from '../core/render/merge.ts'
import { Site } from '../core/site.ts'
import * as z from '../core/zod.ts'
import { type Environment, serviceRange } from './environment.ts'

/** What the local provider tells beside ParallelCluster's own attributes. */
const localAttributes = {
  sshPortAttribute: 'headNode.sshPort',
  slurmRestPortAttribute: 'headNode.slurmRestPort',
}

// Through the schema, which leaves out what functions need not know.
const KnownNetwork = z.omit(z.object(Site.shape.network.shape), { vpcId: true, routeTableId: true })

/** The part of the site that is known before anything is deployed. */
export const knownSite = (environment: Environment) => ({
  name: environment.name,
  region: environment.region,
  network: KnownNetwork.parse({
    ...environment.network,
    serviceRanges: environment.network.zones.map((_, zone) =>
      serviceRange(environment.network.vpcCidr, zone),
    ),
  }),
  provider: {
    version: environment.provider.version,
    ...(environment.provider.kind === 'local' ? localAttributes : {}),
  },
  ...(environment.customAmi ? { customAmi: environment.customAmi } : {}),
  ...(environment.instanceTypes ? { instanceTypes: environment.instanceTypes } : {}),
  costTags: environment.costTags,
  logRetentionDays: environment.logRetentionDays,
  auditDays: environment.auditDays,
  lifetimes: environment.lifetimes,
  limits: environment.limits,
  limitSeconds: environment.limitSeconds,
})

/** The part that the deployment makes. */
export type MadeSite = Pick<Site, 'storage' | 'scripts' | 'stackRoleArn' | 'nodeKeys'> & {
  network: Pick<Site['network'], 'vpcId' | 'routeTableId'>
  provider: Pick<Site['provider'], 'serviceToken'>
} & Partial<Pick<Site, 'accounting' | 'logKeyArn' | 'slurmRest'>>

/** Both together, as functions put them together too. */
export const wholeSite = (environment: Environment, made: MadeSite): Site =>
  merge(knownSite(environment), made) as Site
