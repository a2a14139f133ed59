// Whatever stands on the command line is sent as one value in its place, or not at all; and nothing that comes back can
// speak to the terminal.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { run } from '../../cli/main.ts'
import { hostileText } from '../hostile.ts'
import { anApi, fakeTerminal, folderWithOutputs } from './command-line.ts'
import { refused } from './stand-in-api.ts'

const lines = /[\p{Cc}\u2028\u2029]/u
const quiet = (text: string) => text.split('\n').every((line) => !lines.test(line))
/** A word that the command line reads as a value: the option parser has its own for those that begin with "-". */
const word = hostileText.filter((text) => text !== '' && !text.startsWith('-'))

describe('any text', () => {
  it.each([
    ['get', 'GET', ''],
    ['delete', 'DELETE', ''],
    ['events', 'GET', '/events'],
  ])('as the name that %s takes is one part of the path', async (command, method, rest) => {
    const api = await anApi({
      getCluster: refused('ClusterNotFound'),
      deleteCluster: refused('ClusterNotFound'),
      listEvents: refused('ClusterNotFound'),
    })
    const cwd = folderWithOutputs(api)
    await fc.assert(
      fc.asyncProperty(word, async (text) => {
        api.calls.length = 0
        const { terminal, said } = fakeTerminal({ cwd })
        const status = await run([command, text, ...(command === 'delete' ? ['--yes'] : [])], terminal)
        expect(status).toBeGreaterThan(0)
        expect(quiet(said.out + said.err)).toBe(true)
        for (const call of api.calls) {
          expect(call.method).toBe(method)
          expect(call.path.startsWith('/v1/clusters/') && call.path.endsWith(rest)).toBe(true)
          const sent = call.path.slice('/v1/clusters/'.length, call.path.length - rest.length)
          expect(decodeURIComponent(sent)).toBe(text)
          expect(sent).not.toContain('/')
        }
      }),
      {
        numRuns: 150,
        examples: [['..'], ['.'], ['../tiers'], ['%2e%2e'], ['?dryRun=true'], ['#'], ['a/../b']],
      },
    )
  })

  it('as virtual lab, project or tier of a create is one field of its body', async () => {
    const api = await anApi({ createCluster: refused('InvalidRequest') })
    const cwd = folderWithOutputs(api)
    await fc.assert(
      fc.asyncProperty(word, word, word, async (virtualLab, project, tier) => {
        api.calls.length = 0
        const { terminal, said } = fakeTerminal({ cwd })
        const status = await run(['create', virtualLab, project, '--tier', tier], terminal)
        expect(status).toBeGreaterThan(0)
        expect(quiet(said.out + said.err)).toBe(true)
        for (const { method, path, query, body } of api.calls) {
          expect([method, path, query]).toEqual(['POST', '/v1/clusters', {}])
          const sent = JSON.parse(body)
          expect([sent.virtualLab, sent.project, sent.tier]).toEqual([virtualLab, project, tier])
        }
      }),
      { numRuns: 100 },
    )
  })

  it('as a filter of a list is one value of the query', async () => {
    const api = await anApi({ listClusters: refused('InvalidRequest') })
    const cwd = folderWithOutputs(api)
    await fc.assert(
      fc.asyncProperty(word, async (text) => {
        api.calls.length = 0
        const { terminal, said } = fakeTerminal({ cwd })
        expect(await run(['list', '--virtual-lab', text], terminal)).toBeGreaterThan(0)
        expect(quiet(said.out + said.err)).toBe(true)
        for (const { path, query } of api.calls) {
          expect(path).toBe('/v1/clusters')
          expect(Object.keys(query).filter((name) => !['limit', 'virtualLab'].includes(name))).toEqual([])
          expect(query.virtualLab).toBe(text.toWellFormed())
        }
      }),
      { numRuns: 100 },
    )
  })
})

it('any text in an answer is shown as text', async () => {
  let message = ''
  const api = await anApi({ getCluster: () => refused('Conflict', { message }) })
  const cwd = folderWithOutputs(api)
  await fc.assert(
    fc.asyncProperty(hostileText, async (text) => {
      message = text
      const { terminal, said } = fakeTerminal({ cwd })
      await run(['get', 'hpc-a-0123456789abcde'], terminal)
      expect(quiet(said.out + said.err)).toBe(true)
    }),
    { numRuns: 100 },
  )
})
