// The verdict: the schema's rules that the corpus of real verdicts names by path, what is suppressed, the order.
import { describe, expect, it } from 'vitest'
import { validate } from '../../../core/pcluster/validate.ts'
import { renderConfiguration } from '../../../core/render/render.ts'
import { scriptValues } from '../../../core/render/values.ts'
import { readTemplates } from '../../../lib/read-templates.ts'
import { aSite, slurmRestValues, someValues, userKey } from '../samples.ts'
import { changed, minimal, queue, resource, storage } from './configurations.ts'

const paths = (changes: Record<string, unknown>) =>
  validate(changed(changes)).findings.map(({ path }) => path)
const actions = 'HeadNode.CustomActions'

describe('the schema refuses', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    ['what is missing', { 'Image.Os': undefined }, ['Image.Os']],
    ['a key without a value', { 'HeadNode.Ssh': null }, ['HeadNode.Ssh']],
    ['what is no section', { 'HeadNode.Ssh': 'x' }, ['HeadNode.Ssh._schema']],
    ['an item that is no section', { Tags: [null] }, ['Tags.0._schema']],
    ['what is no list of sections', { Tags: 'x' }, ['Tags']],
    ['an unknown key', { 'HeadNode.Bogus': 1 }, ['HeadNode.Bogus']],
    ['awsbatch', { 'Scheduling.Scheduler': 'awsbatch' }, ['Scheduling.Scheduler']],
    ['a boolean as a number', { [`${resource}.MaxCount`]: true }, [`${resource}.MaxCount`]],
    [
      'infinity as a number',
      { [`${resource}.MaxCount`]: Number.POSITIVE_INFINITY },
      [`${resource}.MaxCount`],
    ],
    ['a number as text', { 'HeadNode.Ssh.KeyName': 1 }, ['HeadNode.Ssh.KeyName']],
    [
      'items, not the length of their list',
      { [`${queue}.Networking.SubnetIds`]: ['x'] },
      [`${queue}.Networking.SubnetIds.0`],
    ],
    [
      'an empty list that needs one',
      { [`${queue}.Networking.SubnetIds`]: [] },
      [`${queue}.Networking.SubnetIds`],
    ],
    [
      'both kinds of security groups',
      {
        'HeadNode.Networking.SecurityGroups': ['sg-12345678'],
        'HeadNode.Networking.AdditionalSecurityGroups': ['sg-12345678'],
      },
      ['HeadNode.Networking._schema'],
    ],
    ['a reserved tag', { Tags: [{ Key: 'parallelcluster:x', Value: 'v' }] }, ['Tags']],
    [
      'a tag twice beside a bad one',
      {
        Tags: [
          { Key: 'a', Value: 'v' },
          { Key: 'a', Value: 1 },
        ],
      },
      ['Tags.1.Value', 'Tags._schema'],
    ],
    [
      'an instance type twice',
      { [`${resource}.Instances`]: [{ InstanceType: 'a' }, { InstanceType: 'a' }] },
      [`${resource}.Instances`],
    ],
    ['no instance type', { [`${resource}.Instances`]: undefined }, [`${resource}._schema`]],
    [
      'settings of another storage',
      { SharedStorage: [{ ...storage('Efs'), EbsSettings: { Size: 40 } }] },
      ['SharedStorage.0._schema'],
    ],
    [
      'a throughput without its mode',
      { SharedStorage: [storage('Efs', { ProvisionedThroughput: 1 })] },
      ['SharedStorage.0.EfsSettings.ThroughputMode'],
    ],
    [
      'what an existing file system settles',
      { SharedStorage: [storage('Efs', { FileSystemId: 'fs-12345678', Encrypted: true })] },
      ['SharedStorage.0.EfsSettings._schema'],
    ],
    [
      'what a backup settles',
      { SharedStorage: [storage('FsxLustre', { BackupId: 'backup-12345678', StorageCapacity: 1200 })] },
      ['SharedStorage.0.FsxLustreSettings._schema'],
    ],
    [
      'a directory called NONE',
      { SharedStorage: [storage('Efs', {}, { MountDir: '/NONE' })] },
      ['SharedStorage.0.MountDir'],
    ],
    [
      'attributes that are no JSON',
      { 'DevSettings.Cookbook.ExtraChefAttributes': '{a}' },
      ['DevSettings.Cookbook.ExtraChefAttributes'],
    ],
    [
      'an action of both kinds',
      { [`${actions}.OnNodeStart`]: { Script: 's3://b/k', Sequence: [] } },
      [`${actions}.OnNodeStart`],
    ],
    ['an action of no kind', { [`${actions}.OnNodeStart`]: {} }, [`${actions}.OnNodeStart`]],
    [
      'a bad script in a sequence',
      { [`${actions}.OnNodeStart.Sequence`]: [{ Args: ['x'] }] },
      [`${actions}.OnNodeStart.Script`],
    ],
    [
      'a sequence of what is no script',
      { [`${actions}.OnNodeStart.Sequence`]: ['x'] },
      [`${actions}.OnNodeStart._schema`],
    ],
    [
      'what ends ParallelCluster: an action that is a number',
      { [`${actions}.OnNodeStart`]: 1 },
      ['$exception'],
    ],
    ['what ends ParallelCluster: Dcv without Enabled', { 'HeadNode.Dcv': {} }, ['$exception']],
    [
      'what ends ParallelCluster: a bad item of Instances',
      { [`${resource}.Instances`]: [{}] },
      ['$exception'],
    ],
    [
      'what ends ParallelCluster: empty Instances beside a type',
      { [`${resource}.Instances`]: [], [`${resource}.InstanceType`]: 'a' },
      ['$exception'],
    ],
    [
      'what ends ParallelCluster: storage without settings',
      { SharedStorage: [storage('FsxOntap')] },
      ['$exception'],
    ],
  ])('%s', (_, changes, wanted) => {
    expect(paths(changes)).toEqual(wanted)
  })
})

describe('the schema takes', () => {
  it.each<[string, unknown]>([
    ['MaxCount', '5'],
    ['MaxCount', ' 1_0 '],
    ['MaxCount', 10.7],
    ['MaxCount', '٣'],
    ['SpotPrice', '1e-1'],
    ['DisableSimultaneousMultithreading', 'NO'],
    ['DisableSimultaneousMultithreading', 1],
    ['DisableSimultaneousMultithreading', 'y'],
  ])('%s: %j for another type', (key, value) => {
    expect(paths({ [`${resource}.${key}`]: value })).toEqual([])
  })

  it('an empty section, and a subnet with a newline behind it, as Python does', () => {
    expect(
      paths({ 'HeadNode.LocalStorage': {}, 'HeadNode.Networking.SubnetId': 'subnet-12345678\n' }),
    ).toEqual([])
  })
})

describe('keys that every object has', () => {
  it.each(['constructor', '__proto__', 'toString'])('%s is unknown like any other', (key) => {
    expect(validate(`${key}: 1`).findings.map(({ path }) => path)).toContain(key)
  })
})

describe('a verdict', () => {
  const warned = changed({ 'HeadNode.Ssh': undefined, SharedStorage: [storage('Ebs')], 'Image.Os': 'rocky9' })

  it('is ordered by level, then by path', () => {
    expect(validate(warned).findings.map(({ level, validator }) => [level, validator])).toEqual([
      ['ERROR', 'OsCustomAmiValidator'],
      ['WARNING', 'KeyPairValidator'],
      ['INFO', 'DeletionPolicyValidator'],
    ])
    const tags = Array.from({ length: 12 }, (_, index) => ({ Key: `k${index}`, Value: 1 }))
    expect(paths({ Tags: tags })).toEqual(tags.map((_, index) => `Tags.${index}.Value`))
  })

  it('does not depend on the order of keys', () => {
    const reversed = (tree: unknown): unknown =>
      Array.isArray(tree)
        ? tree.map(reversed)
        : typeof tree === 'object' && tree !== null
          ? Object.fromEntries(
              Object.entries(tree)
                .reverse()
                .map(([key, value]) => [key, reversed(value)]),
            )
          : tree
    const broken = changed({ Bogus: 1, 'HeadNode.Bogus': 1, Tags: [{ Key: 1 }], 'Image.Os': 'x' })
    expect(validate(reversed(broken) as object)).toEqual(validate(broken))
    expect(validate(reversed(warned) as object)).toEqual(validate(warned))
  })

  it.each([['OsCustomAmiValidator'], ['type:OsCustomAmiValidator'], ['ALL']])(
    'is silent on what %s suppresses',
    (name) => {
      const { valid, findings } = validate(warned, { suppress: [name] })
      expect(valid).toBe(true)
      expect(findings).toHaveLength(name === 'ALL' ? 0 : 2)
    },
  )

  it('never suppresses the schema', () => {
    expect(validate(changed({ Bogus: 1 }), { suppress: ['ALL', 'ConfigSchemaValidator'] }).valid).toBe(false)
  })

  it('is invalid from the failure level on', () => {
    const info = changed({ SharedStorage: [storage('Ebs')] })
    expect(validate(info).valid).toBe(true)
    expect(validate(info, { failureLevel: 'WARNING' }).valid).toBe(true)
    expect(validate(info, { failureLevel: 'INFO' }).valid).toBe(false)
  })

  it.each(['', 'x', '- 1', '1'])('of %j is that it is no configuration', (text) => {
    expect(validate(text).findings.map(({ path }) => path)).toEqual(['$yaml'])
  })

  it('leaves what it was given as it was', () => {
    const tree = minimal()
    validate(tree)
    expect(tree).toEqual(minimal())
  })
})

describe('what we render is valid', () => {
  const templates = readTemplates()
  const values = someValues({
    ...scriptValues(aSite().scripts),
    region: 'eu-west-1',
    subnetId: 'subnet-0123456789abcdef0',
    securityGroupId: 'sg-0123456789abcdef0',
    headSecurityGroupId: 'sg-0123456789abcdef1',
    fileSystemId: 'fs-0123456789abcdef0',
    accessPointId: 'fsap-0123456789abcdef0',
    scriptsBucket: 'node-scripts',
    nodeKeysBucket: 'node-keys',
    publicBucket: 'public-data',
    privateBucket: 'private-data',
    userPublicKey: userKey,
    ...slurmRestValues,
  })
  const choices = [true, false].flatMap((lustre) => [true, false].map((benchmark) => ({ lustre, benchmark })))

  it.each(Object.keys(templates.tiers))('%s', (tier) => {
    for (const choice of choices) {
      const { findings } = validate(renderConfiguration(templates, { tier, ...choice }, values))
      expect(findings.filter(({ level }) => level === 'ERROR')).toEqual([])
    }
  })
})
