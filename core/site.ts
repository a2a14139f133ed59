// What the control plane knows of the place where it builds clusters: one account, region and network, or this machine.

import { Lifetimes } from './lifetime/life.ts'
import { Limits } from './queue/limits.ts'
import { Cidr, isWhole } from './slots.ts'
import * as z from './zod.ts'

export const Mountpoint = z.strictObject({
  /** A tar archive of rpm packages, as a key of the public bucket. */
  key: z
    .string()
    .check(z.regex(/^[\w.-]+(\/[\w.-]+)*$/, 'must be a key of letters, digits, ".", "_", "-" and "/"')),
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')),
})

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
      slotPrefix: z.int().check(z.minimum(16), z.maximum(28)),
      zones: z.array(z.string()).check(z.minLength(1)),
      /** Whether to ask EC2 which zones offer the instance types, or to take all zones as offering all (an emulator). */
      zoneOfferings: z.enum(['ec2', 'all']),
      /** Who may reach the head nodes, by SSH and by the Slurm REST API. */
      sshFrom: z.array(Cidr).check(z.minLength(1)),
      /** Where the VPC's interface endpoints and EFS mount targets are: what nodes may reach beside their own subnet. */
      serviceRanges: z.optional(z.array(Cidr)),
      /** The prefix lists of the VPC's gateway endpoints (S3, DynamoDB). */
      prefixLists: z.optional(z.array(z.string())),
      /** False where security group rules cannot be resources of their own, as EFA's have to be (an emulator). */
      ruleResources: z.optional(z.boolean()),
    })
    .check(
      z.refine(isWhole, 'clusterRange must begin at a multiple of its size and hold a subnet of slotPrefix'),
    ),
  storage: z.object({
    fileSystemId: z.string(),
    publicBucket: z.string(),
    privateBucket: z.string(),
    /** What moves data between a cluster's Lustre and the buckets: tasks of FSx, or the site by itself (a laptop). */
    dataTasks: z._default(z.enum(['fsx', 'none']), 'none'),
    /** Mountpoint for S3, for clusters without Lustre: an archive of its packages in the public bucket. */
    mountpoint: z.optional(Mountpoint),
  }),
  /** The ParallelCluster provider behind Custom::PclusterCluster. */
  provider: z.object({
    serviceToken: z.string(),
    /** The ParallelCluster version that it runs. */
    version: z.string(),
    /** The role that CloudFormation deletes ParallelCluster's own stack with, where the provider does not. */
    removalRoleArn: z.optional(z.string()),
    /** The attribute with the head node's SSH port, where the provider has one; else the port is 22. */
    sshPortAttribute: z.optional(z.string()),
    /** The attribute with the port of slurmrestd, where the provider has one; else it is `slurmRest.port`. */
    slurmRestPortAttribute: z.optional(z.string()),
  }),
  /** The accounting database, and the two functions in the VPC that reach it; none where a site keeps no accounting. */
  accounting: z.optional(
    z.object({
      /** host:port */
      uri: z.string(),
      /** Makes and removes a deployment's access. */
      functionName: z.string(),
      /** Reads the reports. */
      usageFunctionName: z.string(),
    }),
  ),
  /** The CloudFormation service role of the clusters' stacks. */
  stackRoleArn: z.string(),
  /** An AMI of our own in place of ParallelCluster's. */
  customAmi: z.optional(z.string()),
  /** What tailor-made clusters may have: types, and families as in `c7a.*`. All that are known where it is not given. */
  instanceTypes: z.optional(z.array(z.string())),
  /** The bucket that nodes read their scripts from, and the key of each, by file name. */
  scripts: z.object({ bucket: z.string(), keys: z.record(z.string(), z.string()) }),
  /** The bucket that nodes read which keys to trust from. */
  nodeKeys: z.object({ bucket: z.string() }),
  /** Slurm's REST API on the head nodes; left out where no identity provider gives tokens for it. */
  slurmRest: z.optional(
    z.object({
      /** The port of slurmrestd, the same on every head node but a laptop's without root. */
      port: z
        .int()
        .check(z.refine((port) => port < 6820 || port > 6829, "must be none of slurmctld's 6820 to 6829")),
      /** The claim of a token that names its Slurm user. */
      userClaimField: z.string(),
      /** The object with the identity provider's keys. */
      jwks: z.object({ bucket: z.string(), key: z.string() }),
    }),
  ),
  /** Tag keys that cost reports group by, and fixed tags. */
  costTags: z.object({
    virtualLab: z.string(),
    project: z.string(),
    fixed: z.record(z.string(), z.string()),
  }),
  /** The KMS key of the job log groups, where the environment has one of its own. */
  logKeyArn: z.optional(z.string()),
  logRetentionDays: z.int().check(z.positive()),
  /** How long the audit trail keeps an entry. */
  auditDays: z._default(z.int().check(z.positive()), 400),
  /** How long clusters are there by default, and at most. */
  lifetimes: z.prefault(Lifetimes, {}),
  /** How much at once. */
  limits: z.prefault(Limits, {}),
  /** How long a state may last before it counts as failed. */
  limitSeconds: z.object({
    /** Waiting for the create to be admitted. */
    queuing: z._default(z.int(), 86_400),
    /** In each zone that is tried. */
    creating: z.int(),
    deleting: z.int(),
    /** Ending a cluster's nodes before its data are exported. */
    draining: z._default(z.int(), 600),
    importing: z._default(z.int(), 86_400),
    exporting: z._default(z.int(), 7200),
    /** Until the head node confirms new keys, and again until it confirms that the old ones are gone. */
    rotating: z._default(z.int(), 900),
  }),
})
export type Site = z.infer<typeof Site>
