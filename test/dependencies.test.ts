// What is built from others' work is what was chosen: each package in an exact version, known by its content, from one
// registry, and running nothing of its own when it is installed but for the named ones.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')

type Locked = {
  version?: string
  resolved?: string
  integrity?: string
  link?: boolean
  inBundle?: boolean
  hasInstallScript?: boolean
  dev?: boolean
}
const { dependencies, devDependencies, allowScripts } = JSON.parse(read('package.json'))
const lock: { lockfileVersion: number; packages: Record<string, Locked> } = JSON.parse(
  read('package-lock.json'),
)
const { '': own, ...packages } = lock.packages
const nameOf = (path: string) => path.split('node_modules/').at(-1) ?? ''

/** What is wrong with what a lock file says of a package. */
function wrong([path, { version = '', resolved, integrity, link, inBundle }]: [string, Locked]): string[] {
  // A package that comes within another's archive is known by that one's content.
  if (inBundle) return []
  const file = `/${nameOf(path)}/-/`
  return [
    ...(link ? [`${path} is a folder of this machine`] : []),
    ...(/^\d+\.\d+\.\d+/.test(version) ? [] : [`${path} has no version`]),
    ...(/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '') ? [] : [`${path} has no SHA-512`]),
    ...(resolved === undefined || (/^https:\/\//.test(resolved) && (resolved.includes(file) || isAlias(path)))
      ? []
      : [`${path} comes from elsewhere: ${resolved}`]),
  ]
}
/** A name of ours for another package, as `npm:` makes it. */
const isAlias = (path: string): boolean => 'name' in (packages[path] ?? {})

describe('the npm packages', () => {
  it('are each known by their SHA-512, in one version, from a registry', () => {
    expect(lock.lockfileVersion).toBe(3)
    expect(Object.keys(packages).length).toBeGreaterThan(100)
    expect(Object.entries(packages).flatMap(wrong)).toEqual([])
  })

  it.each<[string, Locked]>([
    ['node_modules/a', { version: '1.0.0' }],
    ['node_modules/a', { version: '1.0.0', integrity: 'sha1-aaaaaaaaaaaaaaaaaaaaaaaaaaa=' }],
    [
      'node_modules/a',
      { version: '1.0.0', integrity: `sha512-${'a'.repeat(86)}==`, resolved: 'http://x/a/-/a.tgz' },
    ],
    [
      'node_modules/a',
      { version: '1.0.0', integrity: `sha512-${'a'.repeat(86)}==`, resolved: 'https://x/b/-/b.tgz' },
    ],
    ['node_modules/a', { version: '1.0.0', resolved: 'git+ssh://git@example.org/a.git#1' }],
    ['node_modules/a', { link: true, resolved: '../a' }],
  ])('that were not so would be found: %s %j', (path, locked) => {
    expect(wrong([path, locked])).not.toEqual([])
  })

  it('run nothing when they are installed, but for those that are named', () => {
    const running = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript)
    const names = new Set(running.map(([path]) => nameOf(path)))
    expect([...names].sort()).toEqual(['esbuild', 'node'])
    expect(allowScripts).toEqual({ esbuild: true, node: true })
    // None of them is deployed.
    expect(running.every(([, { dev }]) => dev)).toBe(true)
  })

  it('are asked for in exact versions, and the lock file has the same', () => {
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+$/)])
      expect([name, packages[`node_modules/${name}`]?.version]).toEqual([name, version])
    }
    expect(own).toMatchObject({ dependencies, devDependencies })
  })
})

describe('the Python packages', () => {
  it.each(['local/requirements.txt', 'test/requirements.txt'])(
    'of %s are asked for in exact versions',
    (file) => {
      const lines = read(file)
        .split('\n')
        .filter((line) => line !== '' && !/^(#|-r \.\.\/local\/requirements\.txt$)/.test(line))
      expect(lines.length).toBeGreaterThan(0)
      expect(lines.filter((line) => !/^[a-z][a-z0-9._-]*(\[[a-z,]+\])?==\d+(\.\d+)+$/.test(line))).toEqual([])
    },
  )
})
