// An engineer's own tier: a file is enough, and what is wrong with one is said with its file, its line and the reason.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleSite } from '../../cli/example-site.ts'
import { renderConfiguration } from '../../core/render/render.ts'
import { tierSummaries } from '../../core/render/templates.ts'
import { createCluster } from '../../core/verbs/create-cluster.ts'
import { pclusterCreate } from '../../core/verbs/pcluster.ts'
import { checkTiers } from '../../lib/check-tiers.ts'
import { readTemplates } from '../../lib/read-templates.ts'
import { someValues } from '../core/samples.ts'
import { refusal } from '../wishes.ts'
import { makeWorld } from '../world.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cluster-configs-'))
  cpSync(join(import.meta.dirname, '../../cluster-configs'), folder, { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true }))

const readWith = (text: string, file = 'mine.yaml') => {
  const path = join(folder, 'tiers', file)
  writeFileSync(path, text)
  try {
    return readTemplates(folder)
  } finally {
    rmSync(path)
  }
}

const mine = `name: mine
description: Two queues of our own.
accepts: [benchmark]
queues:
  - Name: small
    CustomSlurmSettings: { MaxNodes: 2, MaxTime: 60 }
    ComputeResources:
      - { Name: a, Instances: [{ InstanceType: c7a.large }], MaxCount: 4 }
  - Name: large
    ComputeResources:
      - { Name: b, Instances: [{ InstanceType: c7a.xlarge }, { InstanceType: c7i.xlarge }], MaxCount: 2 }
`

describe('an own tier', () => {
  it('is listed with its queues, instance types, counts, limits and what it takes', () => {
    const resource = { minCount: 0, efa: false, simultaneousMultithreading: true }
    expect(tierSummaries(readWith(mine)).find(({ name }) => name === 'mine')).toEqual({
      name: 'mine',
      description: 'Two queues of our own.',
      accepts: ['benchmark'],
      maxNodes: 6,
      queues: [
        {
          name: 'small',
          placementGroup: false,
          limits: { maxNodes: '2', maxTime: '60' },
          computeResources: [{ ...resource, name: 'a', instanceTypes: ['c7a.large'], maxCount: 4 }],
        },
        {
          name: 'large',
          placementGroup: false,
          limits: { maxNodes: null, maxTime: null },
          computeResources: [
            { ...resource, name: 'b', instanceTypes: ['c7a.xlarge', 'c7i.xlarge'], maxCount: 2 },
          ],
        },
      ],
    })
  })

  it('renders on top of what every cluster has', () => {
    const spec = { tier: 'mine', lustre: false, benchmark: true }
    const [small] = renderConfiguration(readWith(mine), spec, someValues()).Scheduling.SlurmQueues
    expect(small).toMatchObject({
      Name: 'small',
      JobExclusiveAllocation: true,
      AllocationStrategy: 'lowest-price',
    })
  })
})

describe('what an own tier takes', () => {
  const world = () => {
    const made = makeWorld()
    return { ...made, context: { ...made.context, templates: readWith(mine) } }
  }
  const wish = { virtualLab: 'lab', project: 'own', tier: 'mine', benchmark: false }

  it('is given; without Lustre it is built without, unless that is said', async () => {
    const { context } = world()
    expect(await createCluster(context, { ...wish, benchmark: true })).toMatchObject({
      lustre: false,
      benchmark: true,
    })
  })

  it.each([
    ['lustre', { lustre: true }],
    ['resources', { resources: { nodes: 1 } }],
  ])('is nothing else: %s is 400', async (path, more) => {
    const { context, clusters } = world()
    const { code, details, message } = await refusal(createCluster(context, { ...wish, ...more }))
    expect({ code, paths: details?.map((one) => one.path) }).toEqual({
      code: 'InvalidRequest',
      paths: [path],
    })
    expect(message).toContain('it takes benchmark')
    expect(clusters.size).toBe(0)
  })

  it('holds for the compatible route, whose clients say what they want', async () => {
    const { context } = world()
    const asked = { vlab_id: 'lab', project_id: 'own', tier: 'mine', benchmark: false, dev: false }
    expect((await refusal(pclusterCreate(context, { ...asked, include_lustre: true }))).code).toBe(
      'InvalidRequest',
    )
    await pclusterCreate(context, { ...asked, include_lustre: false })
  })
})

describe('a malformed own tier', () => {
  const line = (number: number, text: string) =>
    mine
      .split('\n')
      .map((one, index) => (index === number - 1 ? text : one))
      .join('\n')

  it.each<[because: string, text: string, says: RegExp, file?: string]>([
    ['a key that is not ours', line(3, 'accept: [benchmark]'), /:3: the file: .*"accept"/],
    ['an option that is none', line(3, 'accepts: [scratch]'), /:3: accepts\.0: .*"resources"/],
    ['a list that is text', line(3, 'accepts: benchmark'), /:3: accepts: .*expected array/],
    ['no description', line(2, 'description: ""'), /:2: description: must say/],
    ['a description that is a map', line(2, 'description: {}'), /:2: description: .*expected string/],
    ['an open bracket', line(3, 'accepts: [benchmark'), /:\d+: /],
    ['a tab', line(3, '\taccepts: []'), /:3: .*[Tt]ab/],
    ['a queue twice', line(9, '  - Name: small'), /:9: queues\.1\.Name: small stands twice/],
    [
      'a compute resource twice',
      line(8, `${mine.split('\n')[7]}\n${mine.split('\n')[7]}`),
      /:9: queues\.0\.ComputeResources\.1\.Name: a stands twice/,
    ],
    ['a value that is none', line(5, '  - Name: ${nmae}'), /:5: there is no value \$\{nmae\}/],
    ['a name in capitals', line(1, 'name: Mine'), /:1: name: must be 1 to 25 lower-case/],
    [
      'the name of another file',
      line(1, 'name: debug'),
      /:1: name: is debug, so the file must be tiers\/debug\.yaml/,
    ],
    [
      'the name of what has no tier',
      line(1, 'name: tailored'),
      /tiers\/tailored\.yaml:1: name: is kept for/,
      'tailored.yaml',
    ],
    ['another ending', mine, /tiers\/mine\.yml: nothing reads it/, 'mine.yml'],
  ])('is refused for %s', (_, text, says, file = 'mine.yaml') => {
    expect(() => readWith(text, file)).toThrow(says)
    expect(() => readWith(text, file)).toThrow(`\ntiers/${file}`)
  })
})

describe('an own tier that is well-formed, and that ParallelCluster would refuse', () => {
  const line = (number: number, text: string) =>
    mine
      .split('\n')
      .map((one, index) => (index === number - 1 ? text : one))
      .join('\n')
  const resource = (rest: string) =>
    `      - { Name: a, Instances: [{ InstanceType: c7a.48xlarge }], MaxCount: 4, ${rest} }`
  const check = async (text: string) => {
    const path = join(folder, 'tiers/mine.yaml')
    writeFileSync(path, text)
    try {
      await checkTiers(readTemplates(folder), exampleSite('eu-west-1'), folder)
    } finally {
      rmSync(path)
    }
  }

  it.each<[because: string, text: string, says: RegExp]>([
    [
      'EFA without a word on the placement group',
      line(8, resource('Efa: { Enabled: true }')),
      /:8: .* a has EFA/,
    ],
    ['a key that it does not know', line(8, resource('MaxCoumt: 4')), /:8: .*MaxCoumt is not known/],
    [
      'a name with a dot',
      line(8, mine.split('\n')[7]?.replace('Name: a', 'Name: a.b') ?? ''),
      /:8: .*'a\.b'/,
    ],
    [
      'text in place of a switch',
      line(6, '    JobExclusiveAllocation: "maybe"'),
      /:6: .*must be true or false/,
    ],
    [
      'a setting that is its own',
      line(6, '    CustomSlurmSettings: { Nodes: 2 }'),
      /:6: .*sets Nodes itself/,
    ],
    [
      'a head node that has no type',
      line(3, 'configuration: { HeadNode: { Instance: t3.micro } }'),
      /:3: configuration\.HeadNode\.Instance/,
    ],
  ])('is refused for %s', async (_, text, says) => {
    await expect(check(text)).rejects.toThrow(says)
    await expect(check(text)).rejects.toThrow('\ntiers/mine.yaml:')
  })

  it('is refused only for that: the tiers that are here, and the one above, are well', async () => {
    await check(mine)
  })
})

it('that is malformed fails the synthesis with the same words', () => {
  const project = join(import.meta.dirname, '../..')
  const copy = mkdtempSync(join(tmpdir(), 'synth-'))
  try {
    for (const part of ['lib', 'cli', 'core', 'aws', 'node_modules', 'package.json'])
      symlinkSync(join(project, part), join(copy, part))
    for (const part of ['bin', 'cluster-configs'])
      cpSync(join(project, part), join(copy, part), { recursive: true })
    writeFileSync(
      join(copy, 'cluster-configs/tiers/mine.yaml'),
      mine.replace('MaxCount: 4', 'MaxCount: four'),
    )
    const env = { ...process.env, CDK_OUTDIR: join(copy, 'cdk.out') }
    const { status, stderr } = spawnSync(process.execPath, ['bin/app.ts'], {
      cwd: copy,
      encoding: 'utf8',
      env,
    })
    expect(stderr).toMatch(/^tiers\/mine\.yaml:8: queues\.0\.ComputeResources\.0\.MaxCount: /m)
    expect(status).not.toBe(0)
  } finally {
    rmSync(copy, { recursive: true })
  }
}, 60_000)
