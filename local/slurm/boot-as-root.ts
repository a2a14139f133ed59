// Boots one cluster with its own namespaces, address, root file system and accounts; needs root.
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { clusterAddresses, hostname as hostnameOf } from './addresses.ts'
import { writeClusterFiles } from './cluster-files.ts'
import { type DaemonOptions, startMunge, startSlurm, startSshd, waitForStaticNodes } from './daemons.ts'
import { createDefaultUser } from './default-user.ts'
import { layoutAt } from './layout.ts'
import { closeNamespaces, type Namespaces, openNamespaces, runInside } from './namespaces.ts'
import { deviceName, plugIn, refuseTakenRange, unplug } from './network.ts'
import type { ClusterRequest } from './outside.ts'
import { type ClusterPlan, planCluster } from './plan.ts'
import { clusterFolder, removeFolder, startedProcess, writeRecord } from './records.ts'
import { giveToDaemons, prepareRoot, unlockAccounts } from './root-filesystem.ts'
import { plainEnvironment } from './run.ts'
import { runScripts } from './scripts.ts'
import { storageBinds } from './shared-storage.ts'
import type { BootOptions, RunningCluster } from './site.ts'

const layout = layoutAt('')
type Place = { root: string; hostname: string; address: string }

export async function bootAsRoot(request: ClusterRequest, options: BootOptions): Promise<RunningCluster> {
  const { stateDir, outside, devices, signal } = options
  const plan = planCluster(request, options.log)
  const subnet = await outside.subnetCidr(plan.configuration.HeadNode.Networking.SubnetId)
  const { router, headNode: address } = clusterAddresses(subnet)
  const folder = clusterFolder(stateDir, request.name)
  const place = { root: join(folder, 'root'), hostname: hostnameOf(address), address }
  const device = deviceName(request.name, stateDir)
  await refuseTakenRange(subnet, devices)

  let namespaces: Namespaces | undefined
  const destroy = async () => {
    if (namespaces) await closeNamespaces(namespaces)
    await unplug(device)
    devices.delete(device)
    await removeFolder(stateDir, request.name)
  }
  try {
    devices.add(device)
    await writeRecord(stateDir, { name: request.name, device, processes: [] })
    await prepareRoot(place.root, place.hostname, address)
    const binds = await storageBinds(plan.configuration, { stateDir, clusterFolder: folder, outside })
    await writeFiles(request, plan, place)
    signal.throwIfAborted()
    namespaces = await openNamespaces(place.root, place.hostname, binds)
    const processes = [namespaces.pid, namespaces.unshare.pid ?? 0].flatMap(startedProcess)
    await writeRecord(stateDir, { name: request.name, device, processes })
    await plugIn(namespaces.pid, { device, router, headNode: address })
    await startEverything(request, plan, place, namespaces, options)
    return {
      headNode: { address, sshPort: 22, instanceType: plan.configuration.HeadNode.InstanceType },
      destroy,
    }
  } catch (error) {
    await destroy()
    throw error
  }
}

async function writeFiles(
  { name }: ClusterRequest,
  plan: ClusterPlan,
  { root, ...headNode }: Place,
): Promise<void> {
  await writeClusterFiles({
    root,
    ownHostnames: true,
    slurm: {
      clusterName: name,
      layout,
      slurmUser: 'slurm',
      slurmdUser: 'root',
      headNode,
      slurmctldPort: 6817,
      firstSlurmdPort: 17001,
      nodes: plan.nodes,
      nodeSize: plan.size,
      configuration: plan.configuration,
    },
    sshd: {
      layout,
      address: headNode.address,
      port: 22,
      include: '/etc/ssh/sshd_config.d/*.conf',
      authorizedKeysFile: '.ssh/authorized_keys',
      environment: { PATH: plainEnvironment.PATH },
      strictModes: true,
    },
  })
  await giveToDaemons(root)
  const hosts = plan.nodes.map((node) => `${headNode.address} ${node.name}\n`).join('')
  await appendFile(join(root, 'etc/hosts'), hosts)
  // What node scripts read on a ParallelCluster node to learn where they run.
  const facts = `cluster_name=${name}\nstack_name=${name}\ncfn_node_type=HeadNode\ncfn_cluster_user=ec2-user\n`
  await writeFile(join(root, 'etc/parallelcluster/cfnconfig'), facts)
}

async function startEverything(
  request: ClusterRequest,
  { configuration, nodes }: ClusterPlan,
  { root, address }: Place,
  namespaces: Namespaces,
  { outside, signal }: BootOptions,
): Promise<void> {
  const daemons: DaemonOptions = {
    layout,
    signal,
    accounts: 'system',
    runThere: (program, args, options) => runInside(namespaces, program, args, options),
  }
  const scripts = { namespaces, root, outside, signal }
  const { OnNodeStart, OnNodeConfigured } = configuration.HeadNode.CustomActions
  const staticNodes = nodes.filter((node) => node.isStatic).map((node) => node.name)
  await createDefaultUser(namespaces, configuration.DeploymentSettings.DefaultUserHome, request.adminKeys)
  await runScripts('OnNodeStart', OnNodeStart, scripts)
  await startMunge(daemons)
  await startSlurm({ ...daemons, staticNodes })
  await runScripts('OnNodeConfigured', OnNodeConfigured, scripts)
  await unlockAccounts(root)
  await waitForStaticNodes({ ...daemons, staticNodes })
  await startSshd(daemons, { address, port: 22 })
}
