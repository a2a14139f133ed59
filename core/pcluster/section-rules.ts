// Cross-field rules of the schema, by the names that the description gives them. All of them are ParallelCluster's:
// schemas/cluster_schema.py and schemas/common_schema.py of 3.16.1. Empty text, lists and sections do not count.
import type { Section } from './description.ts'
import { settingsOf } from './storage-settings.ts'
import { duplicates, isGiven, list, type Values } from './values.ts'

export type Problem = { path: (string | number)[]; message: string }
/** Rules of a section whose fields are all right. */
type SectionRule = (section: Values, description: Section) => Problem[]

const here = (message: string): Problem[] => [{ path: ['_schema'], message }]
const givenOf = (section: Values, names: readonly string[]) => names.filter((name) => isGiven(section[name]))

const atMostOne =
  (...names: string[]): SectionRule =>
  (section) => {
    const given = givenOf(section, names)
    return given.length > 1 ? here(`takes only one of ${given.join(' and ')}: remove the others.`) : []
  }

const backupSets = [
  'DeploymentType',
  'PerUnitStorageThroughput',
  'StorageCapacity',
  'ImportPath',
  'ExportPath',
  'ImportedFileChunkSize',
  'KmsKeyId',
]
// The rule of this name is on both kinds of file system; an existing EFS is still mounted one way or another.
const ofExistingFileSystem = ['FileSystemId', 'EncryptionInTransit', 'IamAuthorization', 'AccessPointId']

const allowedBesideId = ({ fields }: Section): string[] =>
  'AccessPointId' in fields ? ofExistingFileSystem : ['FileSystemId']

export const sectionRules: Readonly<Record<string, SectionRule>> = {
  no_coexist_security_groups: atMostOne('SecurityGroups', 'AdditionalSecurityGroups'),
  no_coexist_role_policies: atMostOne('InstanceRole', 'InstanceProfile', 'AdditionalIamPolicies'),
  no_coexist_s3_access: (section) =>
    isGiven(section.S3Access)
      ? givenOf(section, ['InstanceRole', 'InstanceProfile']).flatMap((name) =>
          here(`takes S3Access or ${name}, not both: give the rights in the role itself.`),
        )
      : [],
  no_coexist_id_and_group_arn: (section) => {
    const names = ['CapacityReservationId', 'CapacityReservationResourceGroupArn']
    return givenOf(section, names).length === 1 ? [] : here(`needs exactly one of ${names.join(' and ')}.`)
  },
  no_coexist_instance_type_flexibility: atMostOne('InstanceType', 'Instances'),
  instance_type_declaration: (section) =>
    givenOf(section, ['InstanceType', 'Instances']).length > 0 ||
    isGiven((section.CapacityReservationTarget as Values | undefined)?.CapacityReservationId)
      ? []
      : here('needs Instances, InstanceType or a CapacityReservationId: say which instances to start.'),
  no_coexist_storage_settings: (section) => {
    const given = givenOf(section, Object.values(settingsOf))
    return given.length > 1 ? here(`takes the settings of one storage type, not ${given.join(' and ')}.`) : []
  },
  right_storage_settings: (section) => {
    const wanted = settingsOf[String(section.StorageType)]
    const wrong = givenOf(section, Object.values(settingsOf)).filter((name) => name !== wanted)
    return wrong.length > 0
      ? here(`is of the StorageType ${section.StorageType}, which takes ${wanted}, not ${wrong.join(', ')}.`)
      : []
  },
  validate_file_system_id_ignored_parameters: (section, description) => {
    if (section.FileSystemId === undefined) return []
    const allowed = allowedBesideId(description)
    return Object.keys(section)
      .filter((name) => section[name] !== undefined && !allowed.includes(name))
      .flatMap((name) => here(`uses an existing file system: ${name} cannot be set, remove it.`))
  },
  validate_existence_of_mode_throughput: ({ ThroughputMode, ProvisionedThroughput }) => {
    if (ProvisionedThroughput && ThroughputMode !== 'provisioned')
      return [
        { path: ['ThroughputMode'], message: 'must be provisioned when ProvisionedThroughput is given.' },
      ]
    return ThroughputMode === 'provisioned' && !ProvisionedThroughput
      ? [
          {
            path: ['ProvisionedThroughput'],
            message: 'is required when ThroughputMode is provisioned: add it.',
          },
        ]
      : []
  },
  validate_backup_id_unsupported_parameters: (section) =>
    section.BackupId === undefined
      ? []
      : backupSets
          .filter((name) => section[name] !== undefined)
          .flatMap((name) => here(`is restored from a backup, which settles ${name}: remove it.`)),
}

/** Rules of one field; `failed` tells whether a key of an item was refused already. Undefined: nothing to say. */
type FieldRule = {
  field: string
  check: (value: unknown, failed: (item: number, key: string) => boolean) => string | undefined
}

const reserved = 'parallelcluster:'

export const fieldRules: Readonly<Record<string, FieldRule>> = {
  validate_tags: {
    field: 'Tags',
    check: (value, failed) => {
      // A tag without a usable key counts as one with an empty key, in the real tool too.
      const keys = list(value).map((tag, index) =>
        failed(index, 'Key') || failed(index, '_schema') ? '' : String((tag as Values).Key ?? ''),
      )
      const taken = keys.find((key) => key.startsWith(reserved) && key !== 'parallelcluster:custom_resource')
      if (taken !== undefined) return `has the key '${taken}': keys that begin with ${reserved} are reserved.`
      const [twice] = duplicates(keys)
      return twice === undefined ? undefined : `has the key '${twice}' twice: keep one.`
    },
  },
  shared_dir_validator: {
    field: 'MountDir',
    check: (value) =>
      /^\/?NONE\n?$/.test(String(value)) ? `is ${value}, which cannot be a shared directory.` : undefined,
  },
  no_duplicate_instance_types: {
    field: 'Instances',
    check: (value) => {
      const [twice] = duplicates(list(value).map((item) => String((item as Values).InstanceType)))
      return twice === undefined ? undefined : `has the instance type ${twice} twice: keep one.`
    },
  },
  validate_extra_chef_attributes: {
    field: 'ExtraChefAttributes',
    check: (value) => (value && !readJson(String(value)) ? 'must be JSON.' : undefined),
  },
}

/** Undefined for what is no JSON. Python reads NaN and Infinity, too: no rule tells them from another fraction. */
export function readJson(text: string): { value: unknown } | undefined {
  try {
    return {
      value: JSON.parse(text.replace(/(?<=[[:,\s]|^)-?(?:NaN|Infinity)(?=[\],}\s]|$)/g, '0.5')),
    }
  } catch {
    return undefined
  }
}
