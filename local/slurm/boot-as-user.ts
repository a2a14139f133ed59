// Boots one cluster as an ordinary user: on 127.0.0.1, on ports of its own, everything as oneself. Node scripts do
// not run, as they make accounts; the login's keys are read off their arguments instead.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { basename, join } from 'node:path'
import { accountingFor, restartSlurmdbd, startAccounting } from './accounting.ts'
import { writeClusterFiles } from './cluster-files.ts'
import { publicKeysInArguments } from './configuration.ts'
import { type RunThere, startMunge, startSlurm, startSshd, waitForStaticNodes } from './daemons.ts'
import { type DataMirrors, dataFolders, dataMirrors } from './data-mirrors.ts'
import { layoutAt } from './layout.ts'
import { closeNamespaces, type Namespaces } from './namespaces.ts'
import { portsFrom } from './nodes.ts'
import type { ClusterRequest } from './outside.ts'
import { planCluster } from './plan.ts'
import { releasePorts, reservePorts } from './ports.ts'
import { removeFolder, startedProcess, writeRecord } from './records.ts'
import { plainEnvironment, run, until } from './run.ts'
import { efsFolder } from './shared-storage.ts'
import type { BootOptions, RunningCluster } from './site.ts'
import type { SlurmConf } from './slurm-conf.ts'
import { bringKeys, slurmRestOf, startSlurmrestd, watchKeys } from './slurm-rest.ts'
import { oneAtATime } from './turn.ts'
import { updateSlurm } from './update.ts'
import { loginName, openUserNamespace, runInUserNamespace } from './user-namespace.ts'

const address = '127.0.0.1'
const placePrefix = 'hpc-slurm-'
type Ports = [ssh: number, slurmctld: number, slurmRest: number, slurmdbd: number, firstSlurmd: number]

export async function bootAsUser(request: ClusterRequest, options: BootOptions): Promise<RunningCluster> {
  const { stateDir, outside, signal, log } = options
  const { configuration, nodes, size } = planCluster(request, log)
  // Sockets have paths of at most 107 characters, which a project's folder may exceed alone.
  const place = await mkdtemp(join(tmpdir(), placePrefix))
  const reserved: [first: number, count: number][] = []
  const reserve = async (count: number): Promise<number> => {
    const first = count > 0 ? await reservePorts(count) : 0
    reserved.push([first, count])
    return first
  }
  const firstPort = await reserve(nodes.length + 4)
  let namespaces: Namespaces | undefined
  let data: DataMirrors | undefined
  let stopWatching = async () => {}
  const destroy = async () => {
    await stopWatching()
    if (namespaces) await closeNamespaces(namespaces)
    await data?.flush()
    await removePlace(place)
    await removeFolder(stateDir, request.name)
    for (const [first, count] of reserved) releasePorts(first, count)
  }
  try {
    await writeRecord(stateDir, { name: request.name, place, processes: [] })
    const homes = configuration.SharedStorage.find((storage) => storage.MountDir === '/home')
    const folder = (homes && (await efsFolder(homes, { stateDir, outside }))) ?? join(place, 'home')
    const home = join(folder, loginName)
    await mkdir(home, { recursive: true, mode: 0o700 })
    await mkdir(join(place, 'etc'), { recursive: true })
    namespaces = await openUserNamespace(place, home)
    if (!namespaces)
      log(`${request.name}: log in as ${userInfo().username}; this machine gives users no namespaces.`)
    const processes = namespaces ? [namespaces.pid, namespaces.unshare.pid ?? 0].flatMap(startedProcess) : []
    await writeRecord(stateDir, { name: request.name, place, processes })

    const layout = layoutAt(place)
    const { PROJECT, SCRATCH } = dataFolders(configuration, { place, homes: folder })
    for (const path of [PROJECT, SCRATCH]) await mkdir(path, { recursive: true, mode: 0o700 })
    data = await dataMirrors(configuration, { folder: place, objects: outside.objects, log })
    const env = { SLURM_CONF: layout.slurmConf, PROJECT, SCRATCH }
    const user = namespaces ? loginName : userInfo().username
    const [sshPort, slurmctldPort, slurmRestPort, dbdPort, firstSlurmdPort] = [0, 1, 2, 3, 4].map(
      (n) => firstPort + n,
    ) as Ports
    const accounting = await accountingFor(configuration, options)
    let slurm: SlurmConf = {
      ...{ clusterName: request.name, layout, slurmUser: user, slurmdUser: user, slurmctldPort },
      ...{ headNode: { hostname: 'localhost', address }, nodes, nodeSize: size, configuration },
      ports: portsFrom(firstSlurmdPort, nodes),
      slurmdbdPort: accounting && dbdPort,
    }
    await writeClusterFiles({
      root: place,
      ownHostnames: false,
      slurm,
      sshd: {
        ...{ layout, address, port: sshPort, strictModes: false },
        authorizedKeysFile: join(place, 'etc/ssh/authorized_keys'),
        environment: { PATH: plainEnvironment.PATH, ...env },
      },
    })
    const keys = [...publicKeysInArguments(configuration), ...request.adminKeys]
    await writeFile(join(place, 'etc/ssh/authorized_keys'), keys.map((key) => `${key}\n`).join(''))

    const staticNodes = nodes.filter((node) => node.isStatic).map((node) => node.name)
    const daemons = {
      layout,
      signal,
      accounts: 'own',
      runThere: runWhere(namespaces, env),
      staticNodes,
    } as const
    const rest = slurmRestOf(configuration)
    if (rest) await bringKeys({ root: place, keysUrl: rest.keysUrl, outside })
    await startMunge(daemons)
    if (accounting) await startAccounting(place, slurm, accounting, daemons)
    await startSlurm(daemons)
    await waitForStaticNodes(daemons)
    if (rest) await startSlurmrestd({ ...daemons, root: place, address, port: slurmRestPort })
    await startSshd(daemons, { address, port: sshPort })
    data.start()
    const inTurn = oneAtATime()
    if (rest)
      stopWatching = watchKeys({
        ...{ name: request.name, root: place, keysUrl: rest.keysUrl, outside, inTurn, log },
        daemons,
        restartOthers: accounting && restartSlurmdbd,
      })
    const update = async (next: ClusterRequest, nextSignal: AbortSignal) => {
      const plan = planCluster(next, log)
      const isNew = plan.nodes.filter((node) => !slurm.ports.has(node.name))
      const first = await reserve(isNew.length)
      const ports = portsFrom(first, plan.nodes, slurm.ports)
      const after = { ...slurm, configuration: plan.configuration, nodes: plan.nodes, ports }
      const nextDaemons = { ...daemons, signal: nextSignal }
      await inTurn(() => updateSlurm({ root: place, before: slurm, after, daemons: nextDaemons }))
      slurm = after
    }
    return {
      headNode: {
        ...{ address, sshPort, instanceType: configuration.HeadNode.InstanceType },
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

const runWhere =
  (namespaces: Namespaces | undefined, clusterEnv: Record<string, string>): RunThere =>
  (program, args, options = {}) => {
    const env = { ...plainEnvironment, ...clusterEnv, ...options.env }
    if (namespaces) return runInUserNamespace(namespaces, program, args, { ...options, env })
    return run(program, args, { ...options, env })
  }

/** Ends the processes of a cluster without namespaces, and removes its folder. */
export async function removePlace(place: string): Promise<void> {
  // The path comes from a file: nothing but a folder of ours may be removed by it.
  if (!basename(place).startsWith(placePrefix)) return
  await until(async () => (await killProcessesOf(place)) === 0, {
    seconds: 10,
    message: `Processes of the cluster in ${place} do not end.`,
  })
  await rm(place, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}

/** Every process of a cluster has inherited where its slurm.conf is, jobs too. */
async function killProcessesOf(place: string): Promise<number> {
  const mark = `SLURM_CONF=${layoutAt(place).slurmConf}`
  let found = 0
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
    if (!environment.split('\0').includes(mark)) continue
    found += 1
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It ended by itself.
    }
  }
  return found
}
