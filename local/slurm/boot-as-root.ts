// Boots one cluster with its own namespaces, address, root file system and accounts; needs root.
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { slurmRestPort } from '../../core/slurm-rest.ts'
import {
  accountingFor,
  type ClusterAccounting,
  databaseBinds,
  restartSlurmdbd,
  startAccounting,
} from './accounting.ts'
import { clusterAddresses, hostname as hostnameOf } from './addresses.ts'
import { type AwsRequests, installAws, serveAws } from './aws-requests.ts'
import { writeClusterFiles } from './cluster-files.ts'
import { trustedKeysAddresses } from './configuration.ts'
import { type DaemonOptions, startMunge, startSlurm, startSshd, waitForStaticNodes } from './daemons.ts'
import { type DataMirrors, dataMirrors } from './data-mirrors.ts'
import { createDefaultUser } from './default-user.ts'
import { layoutAt } from './layout.ts'
import { closeNamespaces, type Namespaces, openNamespaces, runInside } from './namespaces.ts'
import { deviceName, plugIn, refuseTakenRange, unplug } from './network.ts'
import { type ComputeNode, portsFrom } from './nodes.ts'
import type { ClusterRequest } from './outside.ts'
import { type ClusterPlan, planCluster } from './plan.ts'
import { clusterFolder, removeFolder, startedProcess, writeRecord } from './records.ts'
import { giveToDaemons, prepareRoot, unlockAccounts } from './root-filesystem.ts'
import { plainEnvironment } from './run.ts'
import { runScripts } from './scripts.ts'
import { storageBinds } from './shared-storage.ts'
import type { BootOptions, RunningCluster } from './site.ts'
import type { SlurmConf } from './slurm-conf.ts'
import { bringKeys, slurmRestOf, startSlurmrestd, watchKeys } from './slurm-rest.ts'
import { oneAtATime } from './turn.ts'
import { updateSlurm } from './update.ts'

const layout = layoutAt('')
const firstSlurmdPort = 17001
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
  let data: DataMirrors | undefined
  let stopWatching = async () => {}
  let aws: AwsRequests | undefined
  const destroy = async () => {
    await stopWatching()
    await aws?.stop()
    if (namespaces) await closeNamespaces(namespaces)
    // Nothing writes any more.
    await data?.flush()
    await unplug(device)
    devices.delete(device)
    await removeFolder(stateDir, request.name)
  }
  try {
    devices.add(device)
    await writeRecord(stateDir, { name: request.name, device, processes: [] })
    await prepareRoot(place.root, place.hostname, address)
    const accounting = await accountingFor(plan.configuration, options)
    const binds = [
      ...(await storageBinds(plan.configuration, { stateDir, clusterFolder: folder, outside })),
      ...databaseBinds(accounting),
    ]
    const { objects } = outside
    data = await dataMirrors(plan.configuration, { folder, objects, log: options.log })
    let slurm = slurmConf(request, plan, place, accounting)
    await writeFiles(slurm, place)
    await installAws(place.root)
    const readable = trustedKeysAddresses(plan.configuration)
    aws = serveAws(place.root, { outside, readable, log: options.log })
    signal.throwIfAborted()
    namespaces = await openNamespaces(place.root, place.hostname, [...binds, ...data.binds])
    const processes = [namespaces.pid, namespaces.unshare.pid ?? 0].flatMap(startedProcess)
    await writeRecord(stateDir, { name: request.name, device, processes })
    await plugIn(namespaces.pid, { device, router, headNode: address, log: options.log })
    await startEverything(request, { ...plan, slurm, accounting }, place, namespaces, options)
    data.start()
    const inside = namespaces
    const rest = slurmRestOf(plan.configuration)
    const inTurn = oneAtATime()
    if (rest)
      stopWatching = watchKeys({
        ...{ name: request.name, root: place.root, keysUrl: rest.keysUrl, outside, inTurn, log: options.log },
        daemons: daemonsIn(inside, signal),
        restartOthers: accounting && restartSlurmdbd,
      })
    const update = async (next: ClusterRequest, nextSignal: AbortSignal) => {
      const { configuration, nodes } = planCluster(next, options.log)
      const [before, known] = [slurm, new Set(slurm.ports.keys())]
      const ports = portsFrom(Math.max(firstSlurmdPort, ...before.ports.values()) + 1, nodes, before.ports)
      const after = { ...before, configuration, nodes, ports }
      await addHosts(
        nodes.filter((node) => !known.has(node.name)),
        place,
      )
      const daemons = daemonsIn(inside, nextSignal)
      await inTurn(() => updateSlurm({ root: place.root, before, after, daemons }))
      slurm = after
      const { OnNodeUpdated } = configuration.HeadNode.CustomActions
      const scripts = { namespaces: inside, root: place.root, outside, signal: nextSignal }
      await runScripts('OnNodeUpdated', OnNodeUpdated, scripts)
    }
    return {
      headNode: {
        ...{ address, sshPort: 22, instanceType: plan.configuration.HeadNode.InstanceType },
        ...(rest ? { slurmRestPort } : {}),
      },
      update,
      destroy,
    }
  } catch (error) {
    await destroy()
    throw error
  }
}

const slurmConf = (
  { name }: ClusterRequest,
  { nodes, size, configuration }: ClusterPlan,
  { hostname, address }: Place,
  accounting: ClusterAccounting | undefined,
): SlurmConf => ({
  clusterName: name,
  layout,
  slurmUser: 'slurm',
  slurmdUser: 'root',
  headNode: { hostname, address },
  slurmctldPort: 6817,
  slurmdbdPort: accounting && 6819,
  ports: portsFrom(firstSlurmdPort, nodes),
  nodes,
  nodeSize: size,
  configuration,
})

async function writeFiles(slurm: SlurmConf, { root, address }: Place): Promise<void> {
  await writeClusterFiles({
    root,
    ownHostnames: true,
    slurm,
    sshd: {
      layout,
      address,
      port: 22,
      include: '/etc/ssh/sshd_config.d/*.conf',
      authorizedKeysFile: '.ssh/authorized_keys',
      environment: { PATH: plainEnvironment.PATH },
      strictModes: true,
    },
  })
  await giveToDaemons(root)
  await addHosts(slurm.nodes, { root, address })
  // What node scripts read on a ParallelCluster node to learn where they run.
  const name = slurm.clusterName
  const facts = `cluster_name=${name}\nstack_name=${name}\ncfn_node_type=HeadNode\ncfn_cluster_user=ec2-user\n`
  await writeFile(join(root, 'etc/parallelcluster/cfnconfig'), facts)
}

const daemonsIn = (namespaces: Namespaces, signal: AbortSignal): DaemonOptions => ({
  layout,
  signal,
  accounts: 'system',
  runThere: (program, args, options) => runInside(namespaces, program, args, options),
})

const addHosts = (nodes: ComputeNode[], { root, address }: Pick<Place, 'root' | 'address'>): Promise<void> =>
  appendFile(join(root, 'etc/hosts'), nodes.map((node) => `${address} ${node.name}\n`).join(''))

async function startEverything(
  request: ClusterRequest,
  {
    configuration,
    nodes,
    slurm,
    accounting,
  }: ClusterPlan & { slurm: SlurmConf; accounting: ClusterAccounting | undefined },
  { root, address }: Place,
  namespaces: Namespaces,
  { outside, signal }: BootOptions,
): Promise<void> {
  const daemons = daemonsIn(namespaces, signal)
  const scripts = { namespaces, root, outside, signal }
  const { OnNodeStart, OnNodeConfigured } = configuration.HeadNode.CustomActions
  const staticNodes = nodes.filter((node) => node.isStatic).map((node) => node.name)
  const rest = slurmRestOf(configuration)
  if (rest) await bringKeys({ root, keysUrl: rest.keysUrl, outside })
  await createDefaultUser(namespaces, configuration.DeploymentSettings.DefaultUserHome, request.adminKeys)
  await runScripts('OnNodeStart', OnNodeStart, scripts)
  await startMunge(daemons)
  if (accounting) await startAccounting(root, slurm, accounting, daemons)
  await startSlurm({ ...daemons, staticNodes })
  await runScripts('OnNodeConfigured', OnNodeConfigured, scripts)
  await unlockAccounts(root)
  if (rest) await startSlurmrestd({ ...daemons, root, address, port: slurmRestPort })
  await waitForStaticNodes({ ...daemons, staticNodes })
  await startSshd(daemons, { address, port: 22 })
}
