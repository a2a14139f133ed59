// What fails the gate of what npm tells of vulnerabilities.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { isCi, judgeAudit, npmAudit } from './npm-audit.ts'

const folder = mkdtempSync(join(tmpdir(), 'npm-audit-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const report = (severities: Record<string, string>) =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: Object.fromEntries(
      Object.entries(severities).map(([name, severity]) => [name, { name, severity, via: ['x'] }]),
    ),
    metadata: { vulnerabilities: { high: 1 } },
  })

it.each([
  ['a high one', report({ left: 'high', right: 'low' }), 'left (high)'],
  ['a critical one', report({ left: 'moderate', right: 'critical' }), 'right (critical)'],
])('%s fails where changes are checked, and is told everywhere', (_, answer, name) => {
  for (const ci of [true, false]) {
    const { say, fails } = judgeAudit(answer, ci)
    expect(fails).toBe(ci)
    expect(say).toContain(`audit found vulnerabilities: ${name}.`)
  }
})

it.each([
  ['none is known', report({}), 'no high or critical'],
  ['only lesser ones are known', report({ left: 'moderate', right: 'low' }), 'no high or critical'],
  ['the registry refuses', '{"message":"405 Method Not Allowed","statusCode":405}', 'skipped'],
  ['nobody answers', '', 'skipped'],
  ['something else answers', '<html>', 'skipped'],
])('nothing fails where %s', (_, answer, told) => {
  const { say, fails } = judgeAudit(answer, true)
  expect(fails).toBe(false)
  expect(say).toContain(told)
})

it.each([
  [{ CI: 'true' }, true],
  [{ CI: '1' }, true],
  [{ CI: 'false' }, false],
  [{ CI: '' }, false],
  [{}, false],
])('%j is a place where changes are checked: %s', (env, is) => {
  expect(isCi(env)).toBe(is)
})

it('npm is asked about what is deployed, and its answer is read though it ends with 1', () => {
  const npm = join(folder, 'npm')
  writeFileSync(npm, `#!/bin/sh\necho "$@" > "${folder}/asked"\necho '${report({ left: 'high' })}'\nexit 1\n`)
  chmodSync(npm, 0o755)
  const answer = npmAudit(folder, { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` })
  expect(judgeAudit(answer, true).fails).toBe(true)
  expect(readFileSync(join(folder, 'asked'), 'utf8')).toContain('audit --json --omit=dev')
})
