// What each check asks of the account, and what it is answered. aws/preflight.ts asks; the judges are beside this file.

import { headNodeType, type Templates } from '../render/templates.ts'
import { instanceTypeFacts } from '../shape/instance-types.ts'
import type { Site } from '../site.ts'
import * as z from '../zod.ts'
import { type QuotaName, quotas } from './quotas.ts'
import { CheckName } from './report.ts'

/** What the environment should have, beside what its site says. */
export const Expected = z.object({
  checks: z.array(CheckName),
  /** The last parts of the services' names. */
  endpoints: z.array(z.string()),
  /** The Main VPCs, and the ranges of each to which routes may lead. */
  peers: z.array(z.object({ vpcId: z.string(), ranges: z.array(z.string()) })),
})
export type Expected = z.infer<typeof Expected>

type VpcId = { vpcId: string }
export type Questions = {
  endpoints: VpcId
  dns: VpcId
  routes: VpcId
  peering: VpcId
  mountTargets: { fileSystemId: string }
  slots: object
  quotas: VpcId & { fileSystemId: string; names: QuotaName[] }
  provider: { serviceToken: string; bucket: string; key: string }
  /** An image by its id, or patterns of names of Amazon's. */
  image: { id: string } | { names: string[] }
}

export type Facts = {
  endpoints: { service: string; state: string }[]
  /** Of the VPC, and of each endpoint in it. */
  dns: { support: boolean; hostnames: boolean; endpoints: { service: string; isPrivate: boolean }[] }
  /** Of all route tables of the VPC. */
  routes: { routeTableId: string; destination: string; target: string; isActive: boolean }[]
  peering: { peerVpcId: string; status: string }[]
  mountTargets: { zone: string; state: string }[]
  slots: { taken: number }
  /** What is in use is known of those that are counted by pieces, or measured. */
  quotas: Record<string, { limit: number; used?: number }>
  /** Whether the version's template is published, and the state of the deployed function, if there is one. */
  provider: { isPublished: boolean; functionState: string | undefined }
  /** Of the images or patterns asked for, those that an available image fits. */
  image: { found: string[] }
}

export type Inspect = { [C in CheckName]: (question: Questions[C]) => Promise<Facts[C]> }
export type Place = { site: Site; templates: Templates; expected: Expected }

/** Where ParallelCluster publishes a version's provider: its user guide, "AWS CloudFormation custom resource". */
export const providerTemplate = ({ region, provider }: Pick<Site, 'region' | 'provider'>) => ({
  bucket: `${region}-aws-parallelcluster`,
  key: `parallelcluster/${provider.version}/templates/custom_resource/cluster.yaml`,
})

export function questionsOf({ site, templates }: Omit<Place, 'expected'>): Questions {
  const { vpcId } = site.network
  return {
    endpoints: { vpcId },
    dns: { vpcId },
    routes: { vpcId },
    peering: { vpcId },
    mountTargets: { fileSystemId: site.storage.fileSystemId },
    slots: {},
    quotas: {
      vpcId,
      fileSystemId: site.storage.fileSystemId,
      names: Object.keys(quotas) as QuotaName[],
    },
    provider: { serviceToken: site.provider.serviceToken, ...providerTemplate(site) },
    image: site.customAmi ? { id: site.customAmi } : { names: imageNames(site, templates) },
  }
}

// As `pcluster list-official-images` lists them; ParallelCluster calls alinux2023 amzn2023 there.
const imageNames = ({ provider }: Site, templates: Templates): string[] =>
  architectures(templates).map(
    (architecture) => `aws-parallelcluster-${provider.version}-amzn2023-hvm-${architecture}-*`,
  )

/** A cluster's nodes have the architecture of its head node. */
const architectures = (templates: Templates): string[] => {
  const heads = new Set(Object.keys(templates.tiers).map((tier) => headNodeType(templates, tier)))
  const known = instanceTypeFacts.filter(({ name }) => heads.has(name)).map((type) => type.architecture)
  return [...new Set(known)].sort()
}
