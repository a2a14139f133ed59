// The node scripts are those of the templates, clean, and offline; what users and storage do has tests of its own.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTemplates } from '../../lib/read-templates.ts'
import { describeOnNode, hasCommand, onNode, run, scripts } from './a-node.ts'

const files = readdirSync(scripts)

describe('the node scripts', () => {
  it('are those that the templates name', () => {
    const named = [...JSON.stringify(readTemplates()).matchAll(/\$\{scripts\.([a-z0-9-]+)\.url\}/g)]
    expect([...new Set(named.map(([, name]) => name))].sort()).toEqual(
      files.map((file) => file.replace(/\.(sh|py)$/, '')).sort(),
    )
  })

  it.skipIf(!hasCommand('shellcheck'))('are shellcheck-clean (skipped without shellcheck)', () => {
    const { stdout } = spawnSync(
      'shellcheck',
      files.filter((file) => file.endsWith('.sh')).map((file) => join(scripts, file)),
      { encoding: 'utf8' },
    )
    expect(stdout).toBe('')
  })

  it.skipIf(!hasCommand('ruff'))('in Python are ruff-clean (skipped without ruff)', () => {
    const { status, stdout } = spawnSync('ruff', ['check', '--quiet', scripts], { encoding: 'utf8' })
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })

  it('reach for no network, but for an object of S3 of the site’s own and the job log that CloudWatch takes', () => {
    for (const file of files.filter((one) => one !== 'job-log.py')) {
      const { status } = spawnSync('grep', [
        '-E',
        'curl|wget|dnf|yum|apt|aws [^sl]|aws s3 [^c]|aws l[^o]|https?:',
        join(scripts, file),
      ])
      expect(status).toBe(1)
    }
  })
})

describeOnNode('environment.sh', () => {
  it('tells login shells whose cluster this is, twice as once', () => {
    const program = '/scripts/environment.sh my-lab 2026-11-22-14H05 hpc-x-0123456789abcde'
    expect(
      run(`${program}; ${program}; ls --almost-all /etc/profile.d | grep -c hpc-provisioner
        stat --format '%U %a' /etc/profile.d/hpc-provisioner.sh
        bash --login -c 'echo $HPC_VIRTUAL_LAB $HPC_PROJECT $HPC_CLUSTER $PROJECT $SCRATCH'`),
    ).toBe('1\nroot 644\nmy-lab 2026-11-22-14H05 hpc-x-0123456789abcde /project /scratch')
  })

  it.each(["'a b' c d", "'$(id)' c d", 'a b', "a b $'c\\nd'"])('refuses %s', (args) => {
    const { status, stderr } = onNode(`/scripts/environment.sh ${args}`)
    expect(stderr).toMatch(/^environment\.sh: /)
    expect(status).toBe(2)
  })
})
