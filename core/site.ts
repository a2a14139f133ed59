// What the control plane knows of the place where it builds clusters: one account, region and network, or this machine.
import * as z from 'zod'
import { Cidr, isWhole } from './slots.ts'

export const Site = z.object({
  /** The environment's name in bin/app.ts. */
  name: z.string(),
  region: z.string(),
  network: z
    .object({
      vpcId: z.string(),
      routeTableId: z.string(),
      /** The range from which every cluster gets one subnet. */
      clusterRange: Cidr,
      /** The prefix length of a cluster's subnet. */
      slotPrefix: z.number().int().min(16).max(28),
      zones: z.array(z.string()).min(1),
      /** Whether to ask EC2 which zones offer the instance types, or to take all zones as offering all (an emulator). */
      zoneOfferings: z.enum(['ec2', 'all']),
      /** Who may reach the head nodes by SSH. */
      sshFrom: z.array(Cidr).min(1),
      /** Where the VPC's interface endpoints and EFS mount targets are: what nodes may reach beside their own subnet. */
      serviceRanges: z.array(Cidr).optional(),
      /** The prefix lists of the VPC's gateway endpoints (S3, DynamoDB). */
      prefixLists: z.array(z.string()).optional(),
      /** False where security group rules cannot be resources of their own, as EFA's have to be (an emulator). */
      ruleResources: z.boolean().optional(),
    })
    .refine(isWhole, 'clusterRange must begin at a multiple of its size and hold a subnet of slotPrefix'),
  storage: z.object({
    fileSystemId: z.string(),
    publicBucket: z.string(),
    privateBucket: z.string(),
  }),
  /** The ParallelCluster provider behind Custom::PclusterCluster. */
  provider: z.object({
    serviceToken: z.string(),
    /** The ParallelCluster version that it runs. */
    version: z.string(),
    /** The attribute with the head node's SSH port, where the provider has one; else the port is 22. */
    sshPortAttribute: z.string().optional(),
  }),
  /** The accounting database, and the two functions in the VPC that reach it; none where a site keeps no accounting. */
  accounting: z
    .object({
      /** host:port */
      uri: z.string(),
      /** Makes and removes a deployment's access. */
      functionName: z.string(),
      /** Reads the reports. */
      usageFunctionName: z.string(),
    })
    .optional(),
  /** The CloudFormation service role of the clusters' stacks. */
  stackRoleArn: z.string(),
  /** An AMI of our own in place of ParallelCluster's. */
  customAmi: z.string().optional(),
  /** What tailor-made clusters may have: types, and families as in `c7a.*`. All that are known where it is not given. */
  instanceTypes: z.array(z.string()).optional(),
  /** s3:// addresses of the node scripts, by file name, and the bucket that nodes read them from. */
  scripts: z.object({ bucket: z.string(), urls: z.record(z.string(), z.string()) }),
  /** Tag keys that cost reports group by, and fixed tags. */
  costTags: z.object({
    virtualLab: z.string(),
    project: z.string(),
    fixed: z.record(z.string(), z.string()),
  }),
  logRetentionDays: z.number().int().positive(),
  /** How long a state may last before it counts as failed. */
  limitSeconds: z.object({ creating: z.number().int(), deleting: z.number().int() }),
})
export type Site = z.infer<typeof Site>
