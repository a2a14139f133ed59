// Reads what the local site needs from a rendered ParallelCluster configuration, and nothing else of it.
// https://docs.aws.amazon.com/parallelcluster/latest/ug/cluster-configuration-file-v3.html
import * as z from '../../core/zod.ts'

// CloudFormation turns numbers and booleans inside a custom resource's properties into strings.
const Count = z.coerce.number().check(z.int(), z.minimum(0))
const Flag = z.union([
  z.boolean(),
  z.pipe(
    z.string(),
    z.transform((text) => text.toLowerCase() === 'true'),
  ),
])
const Text = z.pipe(z.union([z.string(), z.number(), z.boolean()]), z.transform(String))
const Settings = z.record(z.string(), Text)

const Script = z.object({ Script: z.string(), Args: z._default(z.array(Text), []) })
const Action = z.union([
  z.pipe(
    z.object({ Sequence: z.array(Script) }),
    z.transform(({ Sequence }) => Sequence),
  ),
  z.pipe(
    Script,
    z.transform((script) => [script]),
  ),
])

const ComputeResource = z.object({
  Name: z.string(),
  InstanceType: z.optional(z.string()),
  Instances: z._default(z.array(z.object({ InstanceType: z.string() })), []),
  MinCount: z._default(Count, 0),
  MaxCount: z._default(Count, 10),
})

const Queue = z.object({
  Name: z.string(),
  ComputeResources: z.array(ComputeResource).check(z.minLength(1)),
  CustomSlurmSettings: z._default(Settings, {}),
  JobExclusiveAllocation: z._default(Flag, false),
})

const Storage = z.object({
  MountDir: z.string(),
  Name: z._default(z.string(), ''),
  StorageType: z.string(),
  EfsSettings: z.optional(
    z.object({ FileSystemId: z.optional(z.string()), AccessPointId: z.optional(z.string()) }),
  ),
  FsxLustreSettings: z.optional(
    z.object({
      DataRepositoryAssociations: z._default(
        z.array(
          z.object({
            FileSystemPath: z.string(),
            DataRepositoryPath: z.string(),
            AutoExportPolicy: z.optional(z.array(z.string())),
          }),
        ),
        [],
      ),
    }),
  ),
})

export const Configuration = z.object({
  HeadNode: z.object({
    InstanceType: z.string(),
    Networking: z.object({ SubnetId: z.string() }),
    CustomActions: z.prefault(
      z.object({
        OnNodeStart: z._default(Action, []),
        OnNodeConfigured: z._default(Action, []),
        OnNodeUpdated: z._default(Action, []),
      }),
      {},
    ),
  }),
  Scheduling: z.object({
    SlurmQueues: z.array(Queue).check(z.minLength(1)),
    SlurmSettings: z.prefault(
      z.object({
        CustomSlurmSettings: z._default(z.array(Settings), []),
        Database: z.optional(
          z.object({ Uri: Text, UserName: Text, PasswordSecretArn: Text, DatabaseName: z.optional(Text) }),
        ),
        EnableMemoryBasedScheduling: z._default(Flag, false),
        /** Minutes without a job after which a dynamic node is given back. */
        ScaledownIdletime: z._default(z.coerce.number(), 10),
      }),
      {},
    ),
  }),
  SharedStorage: z._default(z.array(Storage), []),
  DeploymentSettings: z.prefault(
    z.object({ DefaultUserHome: z._default(z.enum(['Shared', 'Local']), 'Shared') }),
    {},
  ),
  Monitoring: z.prefault(
    z.object({
      Logs: z.prefault(
        z.object({
          CloudWatch: z.prefault(
            z.object({
              RetentionInDays: z._default(Count, 180),
              DeletionPolicy: z._default(z.string(), 'Retain'),
            }),
            {},
          ),
        }),
        {},
      ),
    }),
    {},
  ),
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
