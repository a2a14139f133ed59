// Reads what the local site needs from a rendered ParallelCluster configuration, and nothing else of it.
// https://docs.aws.amazon.com/parallelcluster/latest/ug/cluster-configuration-file-v3.html
import { z } from 'zod'

// CloudFormation turns numbers and booleans inside a custom resource's properties into strings.
const Count = z.coerce.number().int().min(0)
const Flag = z.union([z.boolean(), z.string().transform((text) => text.toLowerCase() === 'true')])
const Text = z.union([z.string(), z.number(), z.boolean()]).transform(String)
const Settings = z.record(z.string(), Text)

const Script = z.object({ Script: z.string(), Args: z.array(Text).default([]) })
const Action = z.union([
  z.object({ Sequence: z.array(Script) }).transform(({ Sequence }) => Sequence),
  Script.transform((script) => [script]),
])

const ComputeResource = z.object({
  Name: z.string(),
  InstanceType: z.string().optional(),
  Instances: z.array(z.object({ InstanceType: z.string() })).default([]),
  MinCount: Count.default(0),
  MaxCount: Count.default(10),
})

const Queue = z.object({
  Name: z.string(),
  ComputeResources: z.array(ComputeResource).min(1),
  CustomSlurmSettings: Settings.default({}),
  JobExclusiveAllocation: Flag.default(false),
})

const Storage = z.object({
  MountDir: z.string(),
  Name: z.string().default(''),
  StorageType: z.string(),
  EfsSettings: z
    .object({ FileSystemId: z.string().optional(), AccessPointId: z.string().optional() })
    .optional(),
  FsxLustreSettings: z
    .object({
      DataRepositoryAssociations: z
        .array(
          z.object({
            FileSystemPath: z.string(),
            DataRepositoryPath: z.string(),
            AutoExportPolicy: z.array(z.string()).optional(),
          }),
        )
        .default([]),
    })
    .optional(),
})

export const Configuration = z.object({
  HeadNode: z.object({
    InstanceType: z.string(),
    Networking: z.object({ SubnetId: z.string() }),
    CustomActions: z
      .object({
        OnNodeStart: Action.default([]),
        OnNodeConfigured: Action.default([]),
        OnNodeUpdated: Action.default([]),
      })
      .prefault({}),
  }),
  Scheduling: z.object({
    SlurmQueues: z.array(Queue).min(1),
    SlurmSettings: z
      .object({
        CustomSlurmSettings: z.array(Settings).default([]),
        Database: z
          .object({ Uri: Text, UserName: Text, PasswordSecretArn: Text, DatabaseName: Text.optional() })
          .optional(),
        EnableMemoryBasedScheduling: Flag.default(false),
        /** Minutes without a job after which a dynamic node is given back. */
        ScaledownIdletime: z.coerce.number().default(10),
      })
      .prefault({}),
  }),
  SharedStorage: z.array(Storage).default([]),
  DeploymentSettings: z
    .object({ DefaultUserHome: z.enum(['Shared', 'Local']).default('Shared') })
    .prefault({}),
  Monitoring: z
    .object({
      Logs: z
        .object({
          CloudWatch: z
            .object({ RetentionInDays: Count.default(180), DeletionPolicy: z.string().default('Retain') })
            .prefault({}),
        })
        .prefault({}),
    })
    .prefault({}),
})
export type Configuration = z.infer<typeof Configuration>
export type Queue = z.infer<typeof Queue>
export type Script = z.infer<typeof Script>
export type Storage = z.infer<typeof Storage>

/** Throws an Error whose message lists every field that is not as ParallelCluster's schema says. */
export function readConfiguration(rendered: unknown): Configuration {
  const read = Configuration.safeParse(rendered)
  if (read.success) return read.data
  const faults = read.error.issues.map(
    (issue) => `${issue.path.join('.') || 'ClusterConfiguration'}: ${issue.message}`,
  )
  throw new Error(`The cluster configuration is not valid: ${faults.join('; ')}`)
}

/** The public keys among the scripts' arguments: how the site without root learns the user's key. */
export const publicKeysInArguments = ({ HeadNode: { CustomActions } }: Configuration): string[] =>
  [...CustomActions.OnNodeStart, ...CustomActions.OnNodeConfigured]
    .flatMap((script) => script.Args)
    .filter((argument) => argument.startsWith('AAAAC3NzaC1lZDI1NTE5'))
    .map((base64) => `ssh-ed25519 ${base64}`)

/** Where the head node reads which keys to trust, as its scripts are told. */
export const trustedKeysAddresses = ({ HeadNode: { CustomActions } }: Configuration): string[] =>
  CustomActions.OnNodeConfigured.flatMap((script) => script.Args).filter((argument) =>
    /^s3:\/\/.+\/trusted-keys$/.test(argument),
  )
