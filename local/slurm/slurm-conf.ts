// Renders slurm.conf from the ParallelCluster configuration, in the words that ParallelCluster itself uses where
// they mean something on one machine.
import type { Configuration, Queue } from './configuration.ts'
import type { Layout } from './layout.ts'
import type { ComputeNode } from './nodes.ts'
import { authAltLines, slurmRestOf } from './slurm-rest.ts'

export type SlurmConf = {
  clusterName: string
  layout: Layout
  slurmUser: string
  slurmdUser: string
  headNode: { hostname: string; address: string }
  slurmctldPort: number
  /** The port of the cluster's own slurmdbd; none where it keeps no accounts. */
  slurmdbdPort?: number | undefined
  /** Nodes share one address, so each slurmd has a port of its own, by the node's name. */
  ports: ReadonlyMap<string, number>
  nodes: ComputeNode[]
  nodeSize: { cpus: number; memoryMiB: number }
  configuration: Configuration
}

/** Settings that name things of AWS's site, or that this site must choose itself. */
const siteSettings =
  /^(Accounting|Auth|Cred|JobComp|JobAcct|Slurmctld|Slurmd|StateSave|Proctrack|TaskPlugin|SelectType|Resume|Suspend|Prolog|Epilog|Gres|Launch|MpiDefault|Scheduler(Type|Port)|ClusterName|Include|Node|Partition|Plugin|HealthCheck|RebootProgram|Pmi|Switch|Topology|PreemptExempt)/i

type Lines = (string | false)[]

export function renderSlurmConf(conf: SlurmConf): string {
  const { layout, configuration } = conf
  const { SlurmQueues, SlurmSettings } = configuration.Scheduling
  const rest = slurmRestOf(configuration)
  const lines: Lines = [
    ...daemonLines(conf),
    'ProctrackType=proctrack/linuxproc',
    'TaskPlugin=task/none',
    'JobAcctGatherType=jobacct_gather/linux',
    ...accountingLines(conf),
    'JobCompType=jobcomp/filetxt',
    `JobCompLoc=${layout.log}/slurm_jobcomp.log`,
    // A finished job stays visible to scontrol for a day, for who has no accounting to ask.
    'MinJobAge=86400',
    'SelectType=select/cons_tres',
    `SelectTypeParameters=${SlurmSettings.EnableMemoryBasedScheduling ? 'CR_CPU_Memory' : 'CR_CPU'}`,
    'ReturnToService=2',
    'MailProg=/bin/true',
    ...(rest ? authAltLines(layout.jwks, rest.userClaimField) : []),
    ...powerLines(conf),
    schedulerParameters(SlurmSettings.CustomSlurmSettings),
    ...SlurmSettings.CustomSlurmSettings.flatMap(settingLines),
    ...conf.nodes.map((node) => nodeLine(conf, node)),
    ...SlurmQueues.map((queue, index) => partitionLine(queue, conf.nodes, index === 0)),
  ]
  return `${lines.filter((line) => line !== false).join('\n')}\n`
}

function daemonLines({ clusterName, layout, headNode, ...conf }: SlurmConf): Lines {
  return [
    `ClusterName=${clusterName}`,
    `SlurmctldHost=${headNode.hostname}(${headNode.address})`,
    `SlurmctldPort=${conf.slurmctldPort}`,
    `SlurmUser=${conf.slurmUser}`,
    `SlurmdUser=${conf.slurmdUser}`,
    'AuthType=auth/munge',
    `AuthInfo=socket=${layout.mungeSocket}`,
    'CredType=cred/munge',
    // srun's own listener must stay on every address: it and the nodes share one network.
    'CommunicationParameters=NoCtldInAddrAny',
    `StateSaveLocation=${layout.stateSave}`,
    `SlurmdSpoolDir=${layout.slurmdSpool}/%n`,
    `SlurmctldLogFile=${layout.log}/slurmctld.log`,
    `SlurmdLogFile=${layout.log}/slurmd.%n.log`,
    `SlurmctldPidFile=${layout.run}/slurmctld.pid`,
    `SlurmdPidFile=${layout.run}/slurmd.%n.pid`,
    // Nodes may say that they have more than the machine, as several share it.
    'SlurmdParameters=config_overrides',
  ]
}

const accountingLines = ({ headNode, layout, slurmdbdPort }: SlurmConf): Lines =>
  slurmdbdPort === undefined
    ? ['AccountingStorageType=accounting_storage/none']
    : [
        'AccountingStorageType=accounting_storage/slurmdbd',
        `AccountingStorageHost=${headNode.hostname}`,
        `AccountingStoragePort=${slurmdbdPort}`,
        // slurmctld hangs without it: the munge socket that it speaks to slurmdbd by (slurm.conf(5)).
        `AccountingStoragePass=${layout.mungeSocket}`,
      ]

function powerLines({ layout, nodes, configuration }: SlurmConf): Lines {
  const idleSeconds = Math.round(configuration.Scheduling.SlurmSettings.ScaledownIdletime * 60)
  const statics = nodes.filter((node) => node.isStatic).map((node) => node.name)
  return [
    'SlurmctldParameters=cloud_dns,idle_on_node_suspend,power_save_interval=1,power_save_min_interval=0',
    `ResumeProgram=${layout.programs}/resume.sh`,
    `SuspendProgram=${layout.programs}/suspend.sh`,
    `PrologSlurmctld=${layout.programs}/prolog-slurmctld.sh`,
    'ResumeTimeout=60',
    'SuspendTimeout=3',
    'ResumeRate=0',
    'SuspendRate=0',
    // ParallelCluster's own meaning of -1: never give a node back.
    `SuspendTime=${idleSeconds < 0 ? -1 : idleSeconds}`,
    statics.length > 0 && `SuspendExcNodes=${statics.join(',')}`,
    'PrivateData=cloud',
  ]
}

/** Without the site's own one, a batch job on idle nodes waits up to three seconds to be looked at. */
const schedulerParameters = (settings: Record<string, string>[]): string => {
  const custom = settings.flatMap(({ SchedulerParameters }) => SchedulerParameters ?? [])
  return `SchedulerParameters=${[...custom, 'batch_sched_delay=0'].join(',')}`
}

const settingLines = (settings: Record<string, string>): string[] =>
  Object.entries(settings)
    .filter(([key]) => !siteSettings.test(key) && key !== 'SchedulerParameters')
    .map(([key, value]) => `${key}=${value}`)

/** The custom settings of the configuration that this site leaves out. AuthAlt it writes with a path of its own. */
export const leftOutSettings = ({ Scheduling }: Configuration): string[] =>
  Scheduling.SlurmSettings.CustomSlurmSettings.flatMap(Object.keys).filter(
    (key) => siteSettings.test(key) && !key.startsWith('AuthAlt'),
  )

function nodeLine({ headNode, nodeSize, ports }: SlurmConf, node: ComputeNode): string {
  const kind = node.isStatic ? 'static' : 'dynamic'
  return [
    `NodeName=${node.name} NodeHostname=${headNode.hostname} NodeAddr=${headNode.address} Port=${ports.get(node.name)}`,
    `CPUs=${nodeSize.cpus} RealMemory=${nodeSize.memoryMiB}`,
    `Feature=${kind},${node.instanceType},${node.computeResource} State=${node.isStatic ? 'UNKNOWN' : 'CLOUD'}`,
  ].join(' ')
}

function partitionLine(queue: Queue, nodes: ComputeNode[], isDefault: boolean): string {
  const names = nodes.filter((node) => node.queue === queue.Name).map((node) => node.name)
  const settings = { MaxTime: 'INFINITE', State: 'UP', ...queue.CustomSlurmSettings }
  return [
    `PartitionName=${queue.Name} Nodes=${names.join(',')} Default=${isDefault ? 'YES' : 'NO'}`,
    ...(queue.JobExclusiveAllocation ? ['OverSubscribe=EXCLUSIVE'] : []),
    ...Object.entries(settings).map(([key, value]) => `${key}=${value}`),
  ].join(' ')
}

/** Without it slurmd looks at how the machine mounts control groups, and gives up where it does not; none are used. */
export const cgroupConf = 'CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n'
