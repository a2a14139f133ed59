// No text in a request becomes structure: it is refused, or the stack that follows has the keys, the types and the
// references of a harmless request's.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attacks } from '../hostile.ts'
import { isEmpty } from '../invariants.ts'
import { aName, create } from '../wishes.ts'
import { makeWorld, type World } from '../world.ts'
import { type Answer, door, one, post } from './events.ts'
import { caughtLog } from './log.ts'

caughtLog()

// Texts that ids and tiers may be, and that YAML 1.1 or a template could take for something else.
const oddIds = fc.constantFrom(
  'Ref',
  'true',
  'NO',
  'null',
  '1e3',
  '0x1F',
  '0123',
  '12-30',
  '2026-11-22',
  'Fn-Sub',
  'a--',
)
const texts = fc.oneof(
  fc.constantFrom(...attacks),
  oddIds,
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.stringMatching(/^[A-Za-z0-9-]{1,64}$/),
)
/** JSON can bring more than text. */
const values = fc.oneof(
  { weight: 4, arbitrary: texts },
  { weight: 1, arbitrary: texts.map((text) => ({ Ref: text })) },
  { weight: 1, arbitrary: texts.map((text) => ({ 'Fn::Sub': text })) },
  { weight: 1, arbitrary: texts.map((text) => [text]) },
  { weight: 1, arbitrary: fc.constantFrom(null, 0, -1, 1e308, true, 2) },
)

/** Each attack is tried as it is, whatever else is tried at random. */
const examples = attacks.map((text): [string] => [text])

type Leaf = [path: string, value: unknown]
const leaves = (tree: unknown, path = ''): Leaf[] =>
  typeof tree === 'object' && tree !== null
    ? Object.entries(tree).flatMap(([key, value]) => leaves(value, `${path}/${key}`))
    : [[path, tree]]
// What Fn::Join joins is text, unless it is a reference itself.
const isReference = ([path]: Leaf) => /\/(Ref|Fn::(?!Join\/)[^/]*)(\/|$)/.test(path)
/** The paths with the type of what stands there, and whatever a reference says. */
const structure = (tree: unknown) =>
  leaves(tree).map((leaf) => [leaf[0], isReference(leaf) ? leaf[1] : typeof leaf[1]])
const suspicious = /\$\{|\{\{|[\0\r\u2028]|!!|PartitionName/

function expectHarmless(tree: unknown, harmless: unknown): void {
  expect(structure(tree)).toEqual(structure(harmless))
  const usual = new Map(leaves(harmless))
  const strange = leaves(tree).filter(
    ([path, value]) => suspicious.test(String(value)) && usual.get(path) !== value,
  )
  expect(strange).toEqual([])
}
const templatesOf = ({ stacks }: World) => [...stacks.own.values()].map(({ template }) => template)

const isRefused = ({ status, body }: Answer) => {
  expect(status).toBeGreaterThanOrEqual(400)
  expect(status).toBeLessThan(500)
  expect(typeof body.code).toBe('string')
}

const lab = { virtualLab: 'lab', project: 'project' }
/** What a request is answered, and the template of the stack that it leads to. */
async function builtBy(request: Parameters<ReturnType<typeof door>>[0]) {
  const world = makeWorld()
  const answer = await door(world)(request)
  await world.advance(60)
  return { answer, world, template: templatesOf(world)[0] }
}

describe('text in a request', () => {
  const harmless = async (body: object) => (await builtBy(post({ ...lab, ...body }))).template

  it.each(['virtualLab', 'project', 'tier', 'lustre', 'benchmark', 'resources'])(
    'as %s of a create and its dry run',
    async (field) => {
      const plain = await harmless({})
      await fc.assert(
        fc.asyncProperty(values, async (value) => {
          const request = post({ ...lab, [field]: value })
          const planned = await door(makeWorld())({ ...request, query: { dryRun: 'true' } })
          const { answer, world, template } = await builtBy(request)
          if (answer.status !== 202) {
            isRefused(answer)
            isRefused(planned)
            expect(isEmpty(world)).toBe(true)
            return
          }
          expect(planned.status).toBe(200)
          const like = typeof value === 'boolean' ? await harmless({ [field]: value }) : plain
          expectHarmless(template, like)
          expectHarmless(planned.body.template, like)
          expect(leaves(planned.body.configuration).filter(isReference)).toEqual([])
        }),
        { numRuns: 60 + attacks.length, examples },
      )
    },
  )

  it('as a field of the resources, or a field that nobody knows', async () => {
    const known = [
      'nodes',
      'vcpusPerNode',
      'memoryGiBPerNode',
      'gpusPerNode',
      'tightlyCoupled',
      'maxRuntimeMinutes',
    ]
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.constantFrom(...known), texts), texts, async (field, value) => {
        for (const query of [undefined, { dryRun: 'true' }])
          for (const wish of [{ resources: { nodes: 2, [field]: value } }, { [`${field} `]: value }]) {
            const world = makeWorld()
            isRefused(await door(world)({ ...post({ ...lab, ...wish }), ...(query ? { query } : {}) }))
            expect(isEmpty(world)).toBe(true)
          }
      }),
      { numRuns: 100 },
    )
  })

  it('in the query of the compatible API', async () => {
    const fields = ['vlab_id', 'project_id', 'tier', 'include_lustre', 'benchmark', 'dev']
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...fields) }, texts),
        texts,
        async (field, value) => {
          const compatible = { method: 'POST', resource: '/hpc-provisioner/pcluster' }
          const query = { vlab_id: 'lab', project_id: 'project', [field]: value }
          const { answer, world, template } = await builtBy({ ...compatible, query })
          if (answer.status !== 200) {
            isRefused(answer)
            expect(isEmpty(world)).toBe(true)
            return
          }
          const isYes = value.toLowerCase() === 'true'
          expectHarmless(
            template,
            await harmless({
              lustre: field === 'include_lustre' ? isYes : true,
              benchmark: field === 'benchmark' && isYes,
            }),
          )
        },
      ),
      { numRuns: 250 },
    )
  })

  it.each<[where: string, field: (value: unknown) => object]>([
    ['tier', (tier) => ({ tier })],
    ['maxNodes', (maxNodes) => ({ maxNodes })],
    ['maxTime', (maxTime) => ({ maxTime })],
    ['maxCounts', (maxCounts) => ({ maxCounts })],
    ['one of the maxCounts', (count) => ({ maxCounts: { 't3-micro': count } })],
    ['the name of a compute resource', (name) => ({ maxCounts: { [String(name)]: 10 } })],
  ])('in an update as %s', async (_, field) => {
    const world = makeWorld()
    const call = door(world)
    const update = async (body: object) => {
      const answer = await call({ ...one(aName, 'PATCH'), body })
      await world.advance(300)
      return answer
    }
    await create(world)
    await world.advance(600)
    await update({ maxCounts: { 't3-micro': 9 }, maxNodes: 9, maxTime: '90' })
    const [before] = templatesOf(world)
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        const answer = await update(field(value))
        if (answer.status !== 202) isRefused(answer)
        expect(templatesOf(world)).toHaveLength(1)
        expectHarmless(templatesOf(world)[0], before)
      }),
      { numRuns: 80 + attacks.length, examples },
    )
  })
})
