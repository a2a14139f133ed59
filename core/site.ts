// What the control plane knows of the place where it builds clusters: one account, region and network, or this machine.
import * as z from 'zod'
import { Lifetimes } from './lifetime/life.ts'
import { Limits } from './queue/limits.ts'
import { Cidr, isWhole } from './slots.ts'

export const Mountpoint = z.strictObject({
  /** A tar archive of rpm packages, as a key of the public bucket. */
  key: z.string().regex(/^[\w.-]+(\/[\w.-]+)*$/, 'must be a key of letters, digits, ".", "_", "-" and "/"'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
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
      slotPrefix: z.number().int().min(16).max(28),
      zones: z.array(z.string()).min(1),
      /** Whether to ask EC2 which zones offer the instance types, or to take all zones as offering all (an emulator). */
      zoneOfferings: z.enum(['ec2', 'all']),
      /** Who may reach the head nodes, by SSH and by the Slurm REST API. */
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
    /** What moves data between a cluster's Lustre and the buckets: tasks of FSx, or the site by itself (a laptop). */
    dataTasks: z.enum(['fsx', 'none']).default('none'),
    /** Mountpoint for S3, for clusters without Lustre: an archive of its packages in the public bucket. */
    mountpoint: Mountpoint.optional(),
  }),
  /** The ParallelCluster provider behind Custom::PclusterCluster. */
  provider: z.object({
    serviceToken: z.string(),
    /** The ParallelCluster version that it runs. */
    version: z.string(),
    /** The role that CloudFormation deletes ParallelCluster's own stack with, where the provider does not. */
    removalRoleArn: z.string().optional(),
    /** The attribute with the head node's SSH port, where the provider has one; else the port is 22. */
    sshPortAttribute: z.string().optional(),
    /** The attribute with the port of slurmrestd, where the provider has one; else it is `slurmRest.port`. */
    slurmRestPortAttribute: z.string().optional(),
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
  /** The bucket that nodes read their scripts from, and the key of each, by file name. */
  scripts: z.object({ bucket: z.string(), keys: z.record(z.string(), z.string()) }),
  /** The bucket that nodes read which keys to trust from. */
  nodeKeys: z.object({ bucket: z.string() }),
  /** Slurm's REST API on the head nodes; left out where no identity provider gives tokens for it. */
  slurmRest: z
    .object({
      /** The port of slurmrestd, the same on every head node but a laptop's without root. */
      port: z
        .number()
        .int()
        .refine((port) => port < 6820 || port > 6829, "must be none of slurmctld's 6820 to 6829"),
      /** The claim of a token that names its Slurm user. */
      userClaimField: z.string(),
      /** The object with the identity provider's keys. */
      jwks: z.object({ bucket: z.string(), key: z.string() }),
    })
    .optional(),
  /** Tag keys that cost reports group by, and fixed tags. */
  costTags: z.object({
    virtualLab: z.string(),
    project: z.string(),
    fixed: z.record(z.string(), z.string()),
  }),
  /** The KMS key of the job log groups, where the environment has one of its own. */
  logKeyArn: z.string().optional(),
  logRetentionDays: z.number().int().positive(),
  /** How long the audit trail keeps an entry. */
  auditDays: z.number().int().positive().default(400),
  /** How long clusters are there by default, and at most. */
  lifetimes: Lifetimes.prefault({}),
  /** How much at once. */
  limits: Limits.prefault({}),
  /** How long a state may last before it counts as failed. */
  limitSeconds: z.object({
    /** Waiting for the create to be admitted. */
    queuing: z.number().int().default(86_400),
    /** In each zone that is tried. */
    creating: z.number().int(),
    deleting: z.number().int(),
    /** Ending a cluster's nodes before its data are exported. */
    draining: z.number().int().default(600),
    importing: z.number().int().default(86_400),
    exporting: z.number().int().default(7200),
    /** Until the head node confirms new keys, and again until it confirms that the old ones are gone. */
    rotating: z.number().int().default(900),
  }),
})
export type Site = z.infer<typeof Site>
