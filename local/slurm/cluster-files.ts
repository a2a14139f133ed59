// Writes the files of one cluster's daemons: slurm.conf, sshd_config, keys, and the programs that Slurm calls.
import { randomBytes } from 'node:crypto'
import { chmod, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Layout, layoutAt } from './layout.ts'
import type { ComputeNode } from './nodes.ts'
import { run } from './run.ts'
import { cgroupConf, renderSlurmConf, type SlurmConf } from './slurm-conf.ts'
import { renderSshdConfig, type SshdConfig } from './sshd-config.ts'

const programs = new URL('./node-programs/', import.meta.url).pathname

export type ClusterFiles = {
  /** Where the files are written: the cluster's root as the machine sees it. */
  root: string
  slurm: SlurmConf
  sshd: SshdConfig
  ownHostnames: boolean
}

export async function writeClusterFiles({ root, slurm, sshd, ownHostnames }: ClusterFiles): Promise<void> {
  const at = layoutAt(root)
  const folders = [
    at.programs,
    at.stateSave,
    at.slurmdSpool,
    at.log,
    at.mungeState,
    at.mungeLog,
    dirname(at.slurmConf),
  ]
  for (const folder of [...folders, dirname(at.sshdConfig)]) await mkdir(folder, { recursive: true })
  await writeFile(at.slurmConf, renderSlurmConf(slurm), { mode: 0o644 })
  await writeFile(join(dirname(at.slurmConf), 'cgroup.conf'), cgroupConf)
  await writeFile(at.sshdConfig, renderSshdConfig(sshd), { mode: 0o600 })
  await mkdir(dirname(at.mungeKey), { recursive: true, mode: 0o700 })
  await writeFile(at.mungeKey, randomBytes(128), { mode: 0o400 })
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', slurm.clusterName, '-f', at.sshHostKey])
  for (const log of ['slurmctld.log', 'slurm_jobcomp.log']) await writeFile(join(at.log, log), '')
  await writePrograms(at.programs, slurm, ownHostnames)
}

async function writePrograms(folder: string, slurm: SlurmConf, ownHostnames: boolean): Promise<void> {
  for (const program of await readdir(programs)) {
    if (program === 'init.sh') continue
    await copyFile(join(programs, program), join(folder, program))
    await chmod(join(folder, program), 0o755)
  }
  await writeNodeList(folder, slurm.nodes)
  await writeFile(join(folder, 'site.env'), siteEnvironment(slurm.layout, ownHostnames), { mode: 0o644 })
}

/** The nodes that the launcher starts and stops; it reads the list anew each time. */
export const writeNodeList = (folder: string, nodes: ComputeNode[]): Promise<void> =>
  writeFile(join(folder, 'nodes'), nodes.map((node) => `${node.name}\n`).join(''))

const siteEnvironment = (layout: Layout, ownHostnames: boolean): string =>
  Object.entries({
    SLURM_CONF: layout.slurmConf,
    NODE_REQUESTS: layout.nodeRequests,
    RUN: layout.run,
    LOG: layout.log,
    OWN_HOSTNAMES: ownHostnames ? 'yes' : 'no',
  })
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join('')
