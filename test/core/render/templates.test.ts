// A malformed template is refused with its file, its line and the reason.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseTemplates } from '../../../core/render/parse-templates.ts'
import { instanceTypes } from '../../../core/render/templates.ts'

const folder = join(import.meta.dirname, '../../../cluster-configs')

const files = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.yaml'))
      .map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  )

const tier = (queue: string) => `name: mine\ndescription: Mine.\nqueues:\n  - Name: mine\n${queue}`
const nodes = (rest: string) => `    ComputeResources:\n      - Name: one\n${rest}`

describe('a malformed template names its file, its line and the reason', () => {
  const cases: [because: string, path: string, text: string, message: RegExp][] = [
    ['not YAML', 'tiers/mine.yaml', 'name: mine\nqueues: [', /^tiers\/mine\.yaml:2: /m],
    ['a key twice', 'tiers/mine.yaml', 'name: mine\nname: mine\n', /^tiers\/mine\.yaml:2: .*unique/m],
    ['no map', 'tiers/mine.yaml', 'mine', /^tiers\/mine\.yaml:1: the file: /m],
    ['empty', 'tiers/mine.yaml', '', /^tiers\/mine\.yaml:1: the file: /m],
    [
      'no queue',
      'tiers/mine.yaml',
      'name: mine\ndescription: Mine.\nqueues: []\n',
      /^tiers\/mine\.yaml:3: queues: /m,
    ],
    [
      'no count',
      'tiers/mine.yaml',
      tier(nodes('        InstanceType: t3.micro\n')),
      /^tiers\/mine\.yaml:6: queues\.0\.ComputeResources\.0\.MaxCount: /m,
    ],
    [
      'a count that is text',
      'tiers/mine.yaml',
      tier(nodes('        InstanceType: t3.micro\n        MaxCount: many\n')),
      /^tiers\/mine\.yaml:8: queues\.0\.ComputeResources\.0\.MaxCount: /m,
    ],
    [
      'no instance type',
      'tiers/mine.yaml',
      tier(nodes('        MaxCount: 2\n')),
      /^tiers\/mine\.yaml:6: .*needs either Instances or InstanceType/m,
    ],
    [
      'an unknown key of ours',
      'tiers/mine.yaml',
      'name: mine\ndescription: Mine.\nqueue: {}\nqueues: []\n',
      /^tiers\/mine\.yaml:\d+: .*"queue"/m,
    ],
    [
      'an unknown value',
      'tiers/mine.yaml',
      tier(`    Iam: \${iam}\n${nodes('        InstanceType: t3.micro\n        MaxCount: 2\n')}`),
      /^tiers\/mine\.yaml:5: there is no value \$\{iam\}/m,
    ],
    [
      'an unfinished placeholder',
      'tiers/mine.yaml',
      'name: mine\ndescription: "${region"\n',
      /^tiers\/mine\.yaml:2: .*does not end/m,
    ],
    [
      'another name than the file',
      'tiers/other.yaml',
      tier(nodes('        InstanceType: t3.micro\n        MaxCount: 2\n')),
      /^tiers\/other\.yaml:1: name: is mine/m,
    ],
    ['a file in the wrong place', 'mine.yaml', 'name: mine\n', /^mine\.yaml: nothing reads it/m],
    ['no user', 'base.yaml', 'configuration: {}\n', /^base\.yaml:1: user: /m],
    [
      'an unquoted uid',
      'base.yaml',
      'user:\n  name: sim\n  uid: 5000\n  gid: "5000"\n',
      /^base\.yaml:3: user\.uid: /m,
    ],
  ]

  it.each(cases)('%s', (_, path, text, message) => {
    expect(() => parseTemplates({ ...files(), [path]: text })).toThrow(message)
  })

  it('and every one of them is named at once', () => {
    const { 'storage/lustre.yaml': _, ...rest } = files()
    const read = () => parseTemplates({ ...rest, 'tiers/debug.yaml': 'a: [', 'tiers/prod-mpi.yaml': 'b' })
    expect(read).toThrow(/^storage\/lustre\.yaml: is missing$/m)
    expect(read).toThrow(/^tiers\/debug\.yaml:1: /m)
    expect(read).toThrow(/^tiers\/prod-mpi\.yaml:1: /m)
  })

  it('and a tier that an engineer adds is a tier', () => {
    const text = tier(
      nodes(
        '        Instances:\n          - InstanceType: a\n          - InstanceType: b\n        MaxCount: 2\n',
      ),
    )
    const added = parseTemplates({ ...files(), 'tiers/mine.yaml': text })
    expect(instanceTypes(added, 'mine')).toEqual(['a', 'b', 't3.medium'])
  })
})
