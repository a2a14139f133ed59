// A real Slurm cluster that is updated while a job runs, without the emulator: as root and as an ordinary user alike.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkMachine } from '../../local/machine.ts'
import type { HeadNode } from '../../local/slurm/outside.ts'
import { run } from '../../local/slurm/run.ts'
import { type SlurmSite, startSlurmSite } from '../../local/slurm/site.ts'
import { aConfiguration, nodeScript } from './fixtures.ts'

const machine = checkMachine()
const canRun = machine.missing.programs.length === 0 && !machine.advice

describe.skipIf(!canRun)('an update of a cluster with a running job', () => {
  const name = 'hpc-e2e-update'
  const log: string[] = []
  let folder = ''
  let site: SlurmSite
  let head: HeadNode
  let key = ''
  let job = ''

  const request = (queues: object[], settings: object = {}) => {
    const [, base64 = ''] = readFileSync(`${key}.pub`, 'utf8').split(' ')
    const { HeadNode, ...rest } = aConfiguration({}, base64.trim()) as Record<string, object>
    const Scheduling = {
      ...rest.Scheduling,
      SlurmQueues: queues,
      SlurmSettings: { ...(rest.Scheduling as { SlurmSettings?: object }).SlurmSettings, ...settings },
    }
    const configuration = { ...rest, HeadNode: { ...HeadNode, Networking: { SubnetId: 'a' } }, Scheduling }
    return { name, configuration, adminKeys: [] }
  }
  const queue = (Name: string, MaxCount: number, MinCount = 0, CustomSlurmSettings: object = {}) => ({
    ...{ Name, CustomSlurmSettings },
    ComputeResources: [{ Name: 'c', InstanceType: 't3.micro', MinCount, MaxCount }],
  })
  const update = (...asked: Parameters<typeof request>) =>
    site.update(request(...asked), new AbortController().signal)
  const asUser = async (command: string): Promise<string> => {
    const options = [
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'LogLevel=ERROR',
      'BatchMode=yes',
    ]
    const args = [
      '-F',
      'none',
      '-i',
      key,
      '-p',
      String(head.sshPort),
      ...options.flatMap((one) => ['-o', one]),
    ]
    return (await run('ssh', [...args, `sim@${head.address}`, command])).trim()
  }
  const state = async (id: string) =>
    /JobState=(\w+)/.exec(await asUser(`scontrol show job ${id}`).catch(() => ''))?.[1] ?? 'UNKNOWN'
  const becomes = async (id: string, wanted: string) => {
    for (let tries = 0; tries < 300 && (await state(id)) !== wanted; tries += 1) await sleep(100)
    expect(await state(id)).toBe(wanted)
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hpc-slurm-update-'))
    key = join(folder, 'key')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', key])
    site = await startSlurmSite({
      stateDir: join(folder, 'state'),
      outside: {
        subnetCidr: async () => '10.235.1.0/24',
        accessPoint: async () => ({ fileSystemId: 'fs-1', rootDirectory: '/home' }),
        secret: async () => '',
        script: async (url) => nodeScript(url),
        logs: { createStream: async () => {}, putEvents: async () => {} },
      },
      log: (line) => log.push(line),
    })
    head = await site.boot(request([queue('a', 2)]), new AbortController().signal)
    job = await asUser(
      'sbatch --parsable -N2 --mem=16 --wrap "while [ ! -e end ]; do sleep 0.1; done; srun hostname | wc -l"',
    )
    await becomes(job, 'RUNNING')
  })
  afterAll(async () => {
    await site?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('adds nodes, static ones and a queue, and changes limits', async () => {
    await update([queue('a', 4, 0, { MaxTime: '3-00:00:00' }), queue('b', 3, 1)])
    expect(await state(job)).toBe('RUNNING')
    expect(await asUser('sinfo --noheader --format "%P %D %l" | sort')).toBe('a* 4 3-00:00:00\nb 3 infinite')
    const wide = await asUser('sbatch --parsable -N4 --mem=16 -o wide --wrap "srun hostname | wc -l"')
    const other = await asUser('sbatch --parsable -p b -N3 --mem=16 --wrap "srun hostname"')
    await becomes(wide, 'COMPLETED')
    expect(await asUser('cat wide')).toBe('4')
    await becomes(other, 'COMPLETED')
  })

  it('that Slurm does not take fails with the reason and leaves what was', async () => {
    const wrong = { CustomSlurmSettings: [{ NoSuchSetting: 'x' }] }
    await expect(update([queue('a', 5)], wrong)).rejects.toThrow('slurmctld refused')
    expect(await state(job)).toBe('RUNNING')
    expect(await asUser('sinfo --noheader --format "%P %D" | sort')).toBe('a* 4\nb 3')
  })

  it('takes nodes and a queue away', async () => {
    await update([queue('a', 2, 0, { MaxTime: '3-00:00:00' })])
    expect(await asUser('sinfo --noheader --format "%P %D"')).toBe('a* 2')
    expect(await state(job)).toBe('RUNNING')
  })

  it('leaves the job to end as it would have', async () => {
    await asUser('touch end')
    await becomes(job, 'COMPLETED')
    expect(await asUser(`cat slurm-${job}.out`)).toBe('2')
  })
})
