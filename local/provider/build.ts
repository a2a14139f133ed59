// What the provider has clusters built by: the Slurm site, or a site without hosts.
import { setTimeout as sleep } from 'node:timers/promises'
import type { HeadNode } from '../slurm/outside.ts'
import type { SlurmSite } from '../slurm/site.ts'
import type { EmulatorOutside } from './emulator-outside.ts'
import { BuildFailure } from './failure.ts'

export type Build = {
  name: string
  configuration: Record<string, unknown>
  /** The tags of the stack that asked for the cluster. */
  tags: Record<string, string>
}

export type Builder = {
  /** Resolves when the cluster is ready; undefined where the site has no hosts. Nothing is left when it fails. */
  build(build: Build, signal: AbortSignal): Promise<HeadNode | undefined>
  /** Gives a cluster that runs another configuration, while its jobs run on. When it fails, the cluster is as it was. */
  update(build: Build, signal: AbortSignal): Promise<void>
  /** Nothing to destroy is success. */
  destroy(name: string): Promise<void>
  stop(): Promise<void>
}

export const slurmBuilder = (site: SlurmSite, outside: Pick<EmulatorOutside, 'adminKey'>): Builder => ({
  build: async ({ name, configuration, tags }, signal) => {
    await failWhereAsked('create', tags, signal)
    failWithoutCapacity(tags)
    const deploymentId = tags['hpc-provisioner:deployment']
    const adminKeys = deploymentId ? [await outside.adminKey(name, deploymentId)] : []
    return site.boot({ name, configuration, adminKeys }, signal)
  },
  update: async ({ name, configuration, tags }, signal) => {
    await failWhereAsked('update', tags, signal)
    await site.update({ name, configuration, adminKeys: [] }, signal)
  },
  destroy: site.destroy,
  stop: site.stop,
})

export const hostlessBuilder = (): Builder => ({
  build: async ({ tags }, signal) => {
    await failWhereAsked('create', tags, signal)
    failWithoutCapacity(tags)
    return undefined
  },
  update: ({ tags }, signal) => failWhereAsked('update', tags, signal),
  destroy: async () => {},
  stop: async () => {},
})

/** A project called fail-create… fails to build, and one called fail-update… to update, so that anyone can see a failure. */
async function failWhereAsked(
  what: 'create' | 'update',
  tags: Record<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const project = tags['hpc-provisioner:project'] ?? ''
  if (!project.startsWith(`fail-${what}`)) return
  await sleep(1000, undefined, { signal })
  if (what === 'update')
    throw new Error(`The project is called ${project}: updates of such projects fail on this site.`)
  throw new BuildFailure(
    'HeadNodeBootstrapFailure',
    `The head node did not start, because the project is called ${project}: clusters of such projects fail on this site.`,
  )
}

const tried = new Map<string, number>()

/** A project called no-capacity-2 finds capacity in no zone at its deployment's first two tries, in RunInstances' words. */
function failWithoutCapacity(tags: Record<string, string>): void {
  const [, times = '0'] = /^no-capacity-(\d+)/.exec(tags['hpc-provisioner:project'] ?? '') ?? []
  const deploymentId = tags['hpc-provisioner:deployment'] ?? ''
  const before = tried.get(deploymentId) ?? 0
  if (before >= Number(times)) return
  tried.set(deploymentId, before + 1)
  throw new BuildFailure(
    'ResourceCreationFailure',
    'We currently do not have sufficient t3.medium capacity in the Availability Zone you requested: the project is called for it.',
  )
}
