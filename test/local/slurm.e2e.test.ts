// Real Slurm clusters on this machine, two at once, without the emulator: what a user does on them, what keeps them
// apart, and that nothing of them is left.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkMachine } from '../../local/machine.ts'
import type { HeadNode } from '../../local/slurm/outside.ts'
import { type SlurmSite, startSlurmSite } from '../../local/slurm/site.ts'
import { aConfiguration, nodeScript } from './fixtures.ts'

const machine = checkMachine()
const isRoot = machine.isRoot
const canRun = machine.missing.programs.length === 0 && !machine.advice
if (!canRun)
  console.warn(`SKIPPED, no real Slurm here. ${machine.advice ?? machine.missing.programs.join(', ')}`)

let folder = ''
const names = ['hpc-e2e-red', 'hpc-e2e-blue'] as const
type Name = (typeof names)[number]
const ranges: Record<string, string> = { 'hpc-e2e-red': '10.213.1.0/24', 'hpc-e2e-blue': '10.213.2.0/24' }

function aKey(name: string): { file: string; publicKey: string } {
  const file = join(folder, name)
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file])
  return { file, publicKey: readFileSync(`${file}.pub`, 'utf8').trim() }
}

function ssh(head: HeadNode, keyFile: string, user: string, command: string) {
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    'BatchMode=yes',
  ]
  const args = ['-i', keyFile, '-p', String(head.sshPort), ...options.flatMap((option) => ['-o', option])]
  const where = ['-o', 'IdentitiesOnly=yes', '-F', 'none', `${user}@${head.address}`, command]
  const { status, stdout, stderr } = spawnSync('ssh', [...args, ...where], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { status, stdout: stdout.trim(), stderr }
}

/** Processes whose arguments or working folder name the cluster's folder or its device would be leftovers. */
const processes = (): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()}`]
      } catch {
        return []
      }
    })
const machineAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((list = []) =>
    list.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
  )
const devices = (): string[] => readdirSync('/sys/class/net').filter((name) => /^pc[0-9a-f]{12}$/.test(name))

describe.skipIf(!canRun)('two clusters on one machine', () => {
  const user = {} as Record<Name, ReturnType<typeof aKey>>
  const admin = {} as typeof user
  const heads = {} as Record<Name, HeadNode>
  const [red, blue] = names
  let site: SlurmSite
  let devicesBefore: string[] = []

  const request = (name: Name) => {
    const [, key = ''] = user[name].publicKey.split(' ')
    const configuration = aConfiguration({}, key)
    const HeadNode = { ...(configuration.HeadNode as object), Networking: { SubnetId: name } }
    return { name, configuration: { ...configuration, HeadNode }, adminKeys: [admin[name].publicKey] }
  }
  const boot = async (name: Name) => {
    heads[name] = await site.boot(request(name), new AbortController().signal)
  }
  const asUser = (name: Name, command: string) => ssh(heads[name], user[name].file, 'sim', command)

  beforeAll(async () => {
    devicesBefore = devices()
    folder = mkdtempSync(join(tmpdir(), 'hpc-slurm-e2e-'))
    for (const name of names) {
      user[name] = aKey(`${name}-sim`)
      admin[name] = aKey(`${name}-admin`)
    }
    site = await startSlurmSite({
      stateDir: join(folder, 'state'),
      log: () => {},
      outside: {
        subnetCidr: async (subnetId) => ranges[subnetId] ?? '',
        accessPoint: async () => ({ fileSystemId: 'fs-1', rootDirectory: '/lab/project' }),
        secret: async () => '',
        script: async (url) => nodeScript(url),
        logs: { createStream: async () => {}, putEvents: async () => {} },
      },
    })
    await Promise.all(names.map(boot))
  })
  afterAll(async () => {
    await site?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('take logins with their own keys only', () => {
    expect(asUser(red, 'whoami')).toMatchObject({ status: 0, stdout: 'sim' })
    expect(asUser(blue, 'whoami')).toMatchObject({ status: 0, stdout: 'sim' })
    expect(ssh(heads[blue], user[red].file, 'sim', 'true').stderr).toContain('Permission denied')
    expect(ssh(heads[blue], admin[red].file, 'sim', 'true').stderr).toContain('Permission denied')
  })

  it('run a batch job to completion, its output in the home', async () => {
    const script =
      '#!/bin/bash\nwhoami; echo nodes: $(srun --ntasks-per-node=1 printenv SLURMD_NODENAME | sort)'
    const { stdout } = asUser(red, `printf '%s\\n' '${script}' > job.sh; sbatch --parsable -N2 job.sh`)
    const job = Number(stdout)
    expect(job).toBeGreaterThan(0)
    let state = ''
    for (let tries = 0; tries < 400 && !/COMPLETED|FAILED/.test(state); tries += 1) {
      await sleep(100)
      state = asUser(red, `scontrol show job ${job} | grep -o 'JobState=[A-Z]*'`).stdout
    }
    expect(state).toBe('JobState=COMPLETED')
    expect(asUser(red, `cat slurm-${job}.out`).stdout).toBe(
      'sim\nnodes: debug-dy-t3-micro-1 debug-dy-t3-micro-2',
    )
  })

  it('have the partitions of their configuration', () => {
    expect(asUser(blue, 'sinfo --noheader --format "%P %D %l"').stdout).toBe('debug* 8 1-00:00:00')
  })

  it.skipIf(!isRoot)('have a host name, accounts, processes and files of their own', () => {
    expect(asUser(red, 'hostname; pwd; id -u').stdout).toBe('ip-10-213-1-4\n/home/sim\n5000')
    expect(ssh(heads[red], admin[red].file, 'ec2-user', 'pwd').stdout).toBe('/local/home/ec2-user')
    expect(ssh(heads[red], user[red].file, 'ec2-user', 'true').status).not.toBe(0)
    expect(
      asUser(red, 'touch /project/private/mine /scratch/mine && stat --format %U /scratch/mine').stdout,
    ).toBe('sim')
    expect(Number(asUser(red, 'ps ax | wc -l').stdout)).toBeLessThan(40)
    expect(asUser(red, `ls ${folder}`).status).not.toBe(0)
    expect(asUser(red, 'touch /usr/mine').status).not.toBe(0)
  })

  it.skipIf(!isRoot)('reach neither each other nor the world', () => {
    const reach = (host: string, port: number) =>
      asUser(red, `timeout 3 bash -c ': < /dev/tcp/${host}/${port}' 2>&1 | tail -1`).stdout
    expect(reach(heads[blue].address, 22)).toContain('Network is unreachable')
    expect(reach('192.0.2.1', 53)).toContain('Network is unreachable')
    expect(asUser(red, 'ip route').stdout).toMatch(/^10\.213\.1\.1 dev eth0 [^\n]*$/)
  })

  it.skipIf(!isRoot)('do not reach what the machine serves to everyone, while it reaches them', async () => {
    // A process of its own: these calls wait for their answers without letting ours give any.
    const serve = "const s = require('net').createServer((c) => c.end('of the machine'))"
    const listen = "s.listen(0, '0.0.0.0', () => console.log(s.address().port))"
    const server = spawn(process.execPath, ['-e', `${serve}; ${listen}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const port = Number(await new Promise((resolve) => server.stdout.once('data', resolve)))
    const ask = (address: string) => `timeout 2 bash -c 'exec 3<>/dev/tcp/${address}/${port} && cat <&3'`
    const outside = execFileSync('bash', ['-c', ask('127.0.0.1')], { encoding: 'utf8' })
    // Of the machine it answers at every address but from inside.
    const addresses = ['10.213.1.1', ...machineAddresses()]
    const inside = addresses.map((address) => asUser(red, ask(address)).stdout)
    server.kill()
    expect(outside).toBe('of the machine')
    expect(inside).toEqual(addresses.map(() => ''))
    expect(asUser(red, 'whoami').stdout).toBe('sim')
  })

  it('leave nothing when destroyed, jobs included, and the other goes on', async () => {
    const marked = `sleep 31${process.pid}`
    for (const name of names) expect(asUser(name, `sbatch --wrap '${marked}'`).status).toBe(0)
    const sleepers = () => processes().filter((line) => line.endsWith(marked)).length
    for (let tries = 0; tries < 400 && sleepers() < 2; tries += 1) await sleep(100)
    expect(sleepers()).toBe(2)

    await site.destroy(red)
    expect(sleepers()).toBe(1)
    expect(asUser(blue, 'squeue --noheader --format %T').stdout).toBe('RUNNING')
    expect(readdirSync(join(folder, 'state/clusters'))).toEqual([blue])

    await site.destroy(blue)
    expect(sleepers()).toBe(0)
    expect(readdirSync(join(folder, 'state/clusters'))).toEqual([])
    expect(devices()).toEqual(devicesBefore)
    expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(folder)
    expect(processes().filter((line) => line.includes(folder))).toEqual([])
  })

  it('find the home of the deployment before, and refuse its key', async () => {
    const old = user[red]
    user[red] = aKey('second-deployment')
    await boot(red)
    expect(asUser(red, 'ls').stdout).toContain('job.sh')
    expect(ssh(heads[red], old.file, 'sim', 'true').stderr).toContain('Permission denied')
    await site.destroy(red)
  })

  it('leave nothing when the boot is aborted in the middle', async () => {
    for (const milliseconds of [20, 200, 400, 600]) {
      const abort = new AbortController()
      const booting = site.boot(request(red), abort.signal)
      setTimeout(() => abort.abort(new Error('enough')), milliseconds)
      await booting.then(
        () => site.destroy(red),
        () => {},
      )
      expect(readdirSync(join(folder, 'state/clusters'))).toEqual([])
      expect(devices()).toEqual(devicesBefore)
      expect(processes().filter((line) => line.includes(folder))).toEqual([])
    }
  })

  it.skipIf(!isRoot)('are refused where the machine already has their range', async () => {
    ranges[red] = '127.0.0.0/8'
    const taken = execFileSync('ip', ['-4', 'route', 'show'], { encoding: 'utf8' }).match(/^\d\S+\/\d+/m)?.[0]
    if (taken) ranges[red] = taken
    await expect(site.boot(request(red), new AbortController().signal)).rejects.toThrow(/already has a route/)
  })
})
