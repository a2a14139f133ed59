// The virtual cable between the machine and one cluster, which stands for the peering with a VPC; needs root.
import { createHash } from 'node:crypto'
import { conflictingRoute, parseRoutes } from './addresses.ts'
import { runInside } from './namespaces.ts'
import { makeOneWay } from './one-way.ts'
import { run } from './run.ts'

/** The device on the machine's side. Names of devices have at most 15 characters. */
export const deviceName = (clusterName: string, stateDir: string): string =>
  `pc${createHash('sha256').update(`${stateDir} ${clusterName}`).digest('hex').slice(0, 12)}`

/** Throws when the machine already reaches something else under the subnet's addresses. */
export async function refuseTakenRange(subnet: string, ourDevices: ReadonlySet<string>): Promise<void> {
  const conflict = conflictingRoute(
    subnet,
    parseRoutes(await run('ip', ['-4', '-j', 'route', 'show'])),
    ourDevices,
  )
  if (!conflict) return
  throw new Error(
    `This machine already has a route to ${conflict.range} through ${conflict.device || 'another device'}, which ` +
      `overlaps the cluster's subnet ${subnet}. Choose another cluster address range for the local environment.`,
  )
}

export type Cable = {
  device: string
  router: string
  headNode: string
  /** Ports of the machine that the cluster may open connections to; no others. */
  openPorts?: readonly number[]
  log: (line: string) => void
}

/**
 * Each side knows exactly one address of the other, and the cluster has no default route: it reaches neither the
 * world nor another cluster, even on a machine that forwards packets. Of the machine it reaches what has called it.
 */
export async function plugIn(
  pid: number,
  { device, router, headNode, openPorts, log }: Cable,
): Promise<void> {
  await run('ip', ['link', 'add', device, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid)])
  // No IPv6 addresses of their own: they would be a way that no route check has seen.
  await run('ip', ['link', 'set', device, 'addrgenmode', 'none'])
  await runInside({ pid }, 'ip', ['link', 'set', 'eth0', 'addrgenmode', 'none'])
  await runInside({ pid }, 'ip', ['addr', 'add', `${headNode}/32`, 'peer', `${router}/32`, 'dev', 'eth0'])
  await run('ip', ['addr', 'add', `${router}/32`, 'peer', `${headNode}/32`, 'dev', device])
  await makeOneWay(device, openPorts).catch((error: Error) =>
    log(
      `Clusters reach what this machine serves at 0.0.0.0, since its kernel cannot filter: ${error.message}`,
    ),
  )
  await run('ip', ['link', 'set', device, 'up'])
  await runInside({ pid }, 'ip', ['link', 'set', 'eth0', 'up'])
}

/** The kernel removes the cable with the network namespace, a moment later; this does not wait for the moment. */
export async function unplug(device: string): Promise<void> {
  await run('ip', ['link', 'delete', device]).catch(() => {})
}
