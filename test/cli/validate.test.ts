// `hpc-provisioner validate`: findings with their place, one line per file for programs, an exit status.
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { offline, temporaryFolder } from './command-line.ts'

const valid = `Image:
  Os: alinux2023
HeadNode:
  InstanceType: t3.medium
  Networking:
    SubnetId: subnet-12345678
Scheduling:
  Scheduler: slurm
  SlurmQueues:
    - Name: queue
      ComputeResources:
        - Name: nodes
          InstanceType: c5.large
      Networking:
        SubnetIds:
          - subnet-12345678
`
const invalid = valid
  .replace('Os: alinux2023', 'Os: alinux2')
  .replace('InstanceType: c5.large', 'Instancetype: c5.large')

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')

function files(contents: Record<string, string | Buffer>): string[] {
  const folder = temporaryFolder()
  return Object.entries(contents).map(([name, content]) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  })
}

describe('validate', () => {
  test('a valid file is said to be so, with what is worth knowing', async () => {
    const [file = ''] = files({ 'valid.yaml': valid })
    const { status, out } = await offline('validate', file)
    expect(status).toBe(0)
    expect(out).toContain('(KeyPairValidator)')
    expect(out).toContain(`${file}: valid`)
  })

  test('an invalid file has line and column of each error, and the exit status 1', async () => {
    const [file = ''] = files({ 'invalid.yaml': invalid })
    const { status, out } = await offline('validate', file)
    expect(status).toBe(1)
    expect(out).toContain(`${file}:2:3: ERROR Image.Os: `)
    expect(out).toContain(`${file}:13:11: ERROR Scheduling.SlurmQueues.0.ComputeResources.0.Instancetype: `)
    expect(out).toContain('did you mean InstanceType?')
  })

  test('--json prints one line for each file, even for one that is not there', async () => {
    const given = [...files({ 'a.yaml': valid, 'b.yaml': invalid, 'c.yaml': 'a: [' }), '/nowhere.yaml']
    const { status, out } = await offline('validate', '--json', ...given)
    expect(status).toBe(1)
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ file, valid }) => [file, valid])).toEqual(
      given.map((file, index) => [file, index === 0]),
    )
    expect(lines[1].findings[0]).toEqual({
      level: 'ERROR',
      validator: 'ConfigSchemaValidator',
      path: 'Image.Os',
      message: expect.any(String),
      line: 2,
      column: 3,
    })
    expect(lines[2].findings).toMatchObject([{ path: '$yaml', line: 1 }])
  })

  test('--failure-level and --suppress decide what counts', async () => {
    const [file = ''] = files({ 'valid.yaml': valid })
    expect((await offline('validate', '--failure-level', 'WARNING', file)).status).toBe(1)
    const silent = ['--failure-level', 'WARNING', '--suppress', 'KeyPairValidator']
    expect((await offline('validate', ...silent, file)).status).toBe(0)
  })

  test.each([
    ['Latin-1', Buffer.from('Image: caf\xe9\n', 'latin1'), '$file'],
    ['no text', Buffer.from([0, 1, 2, 255]), '$file'],
    ['nothing', '', '$yaml'],
    ['a list', '- a\n', '$yaml'],
    ['two documents', 'a: 1\n---\nb: 2\n', '$yaml'],
    ['a key twice', 'a: 1\na: 2\n', '$yaml'],
    ['brackets without end', `a: ${'['.repeat(100_000)}`, '$yaml'],
  ])('a file of %s is one finding', async (_, content, path) => {
    const [file = ''] = files({ 'broken.yaml': content })
    const { status, out } = await offline('validate', '--json', file)
    expect(status).toBe(1)
    const place = { line: expect.any(Number), column: expect.any(Number) }
    expect(JSON.parse(out).findings).toMatchObject([{ level: 'ERROR', path, ...place }])
    expect(out).not.toMatch(/YAML\.|call stack| at /)
  })

  test('a file far too large is a finding, and is not read', async () => {
    const [large = '', file = ''] = files({ 'large.yaml': '', 'valid.yaml': valid })
    // More than a process has memory for; no byte of it is on the disk.
    truncateSync(large, 2 ** 40)
    const { status, out } = await offline('validate', large, file)
    expect(status).toBe(1)
    expect(out).toContain(`${large}:1:1: ERROR Cannot be read: it has more than`)
    expect(out).toContain(`${file}: valid`)
  })

  test('a directory is a finding, and the files behind it are read', async () => {
    const [file = ''] = files({ 'valid.yaml': valid })
    const { status, out } = await offline('validate', '--json', temporaryFolder(), file)
    expect(status).toBe(1)
    const [folder, other] = out.split('\n', 2).map((line) => JSON.parse(line))
    expect(folder.findings).toMatchObject([{ path: '$file', line: 1, column: 1 }])
    expect(other.valid).toBe(true)
  })

  test('--name is checked as the name of the cluster', async () => {
    const [file = ''] = files({ 'valid.yaml': valid })
    expect((await offline('validate', '--name', 'a-cluster', file)).status).toBe(0)
    const { status, out } = await offline('validate', '--name', '1', file)
    expect(status).toBe(1)
    expect(out).toContain('(ClusterNameValidator)')
  })

  test('what the README shows of it is what it says', async () => {
    const [, content, told] =
      /\$ cat broken\.yaml\n([^$]+)\$ npx hpc-provisioner validate broken\.yaml\n([^`]+)```/.exec(readme) ??
      []
    const [file = ''] = files({ 'broken.yaml': content ?? '' })
    const { out } = await offline('validate', file)
    expect(out.replaceAll(file, 'broken.yaml')).toBe(told)
  })

  test('without a file it is a bad command line', async () => {
    expect((await offline('validate')).status).toBe(2)
  })
})
