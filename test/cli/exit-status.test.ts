// What a caller learns from a failure: the exit status, and words on stderr.
import { expect, test } from 'vitest'
import { clusterFailed, timedOut } from '../../cli/exit-status.ts'
import { commonErrors, routes } from '../../core/contract.ts'
import { type ErrorCode, errorCodes } from '../../core/errors.ts'
import { runCli } from './command-line.ts'
import { refused } from './stand-in-api.ts'

const name = 'hpc-my-project-0123456789abcde'

test.each(Object.keys(errorCodes) as ErrorCode[])(
  '%s has its exit status, in words and in JSON',
  async (code) => {
    const details = [{ path: 'tier', message: 'must be one of a, b' }]
    const answers = { getCluster: refused(code, { details }) }
    const { exit: status } = errorCodes[code]
    const words = await runCli(['get', name], answers)
    expect(words).toMatchObject({ status, out: '' })
    expect(words.err).toContain(`Refused with ${code}.`)
    expect(words.err).toContain(`\n  tier: must be one of a, b\n`)
    expect(words.err).toContain('request-1')
    const json = await runCli(['get', name, '--json'], answers)
    expect(json).toMatchObject({ status, out: '' })
    expect(JSON.parse(json.err)).toEqual({
      code,
      // Only API Gateway refuses so, which knows no reason that helps.
      message:
        code === 'Forbidden'
          ? `API Gateway refused the request: Refused with ${code}. Check the API's URL and region, and that these credentials may call it.`
          : `Refused with ${code}.`,
      requestId: 'request-1',
      details,
    })
  },
)

test('no route can fail in a way that is not in the table', () => {
  const codes = [...commonErrors, ...Object.values(routes).flatMap(({ errors }) => errors)]
  expect(codes.filter((code) => !(code in errorCodes))).toEqual([])
})

test('the statuses of waiting are nobody else’s', () => {
  const others = Object.values(errorCodes).map(({ exit }): number => exit)
  expect([clusterFailed, timedOut].some((status) => status === 0 || others.includes(status))).toBe(false)
})

test('a text from far away cannot speak to the terminal', async () => {
  const message = 'a\u001b]0;title\u0007b\r\nc'
  const { err } = await runCli(['get', name], { getCluster: refused('Conflict', { message }) })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
  expect(err).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
})

test.each([
  [[]],
  [['unknown']],
  [['get']],
  [['get', 'a', 'b']],
  [['get', 'a', '--unknown']],
  [['list', '--limit', '0']],
  [['list', '--limit', 'x']],
  [['wait', 'a', '--for', 'lunch']],
  [['wait', 'a', '--timeout', '-1']],
])('%j is a bad command line: 2, and nothing is sent', async (args) => {
  expect(await runCli(args, {})).toMatchObject({
    status: 2,
    out: '',
    err: expect.stringMatching(/./),
    calls: [],
  })
})

test.each(['create', 'list', 'get', 'wait', 'ssh', 'events', 'delete', 'tiers', 'version'])(
  '%s --help has examples and the options of all commands',
  async (command) => {
    const { status, out, err, calls } = await runCli([command, '--help'], {}, { cwd: '/' })
    expect({ status, err, calls }).toEqual({ status: 0, err: '', calls: [] })
    expect(out).toContain(`$ hpc-provisioner ${command}`)
    expect(out).toContain('--api-url')
  },
)
