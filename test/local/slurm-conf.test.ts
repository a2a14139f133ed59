// The rendered slurm.conf and sshd_config.
import { describe, expect, it } from 'vitest'
import { readConfiguration } from '../../local/slurm/configuration.ts'
import { layoutAt } from '../../local/slurm/layout.ts'
import { planNodes, portsFrom } from '../../local/slurm/nodes.ts'
import { leftOutSettings, renderSlurmConf } from '../../local/slurm/slurm-conf.ts'
import { renderSshdConfig } from '../../local/slurm/sshd-config.ts'
import { aConfiguration } from './fixtures.ts'

function rendered(changes: Record<string, unknown> = {}): string {
  const configuration = readConfiguration(aConfiguration(changes))
  const { nodes } = planNodes(configuration, { perComputeResource: 2, perCluster: 8 })
  return renderSlurmConf({
    clusterName: 'hpc-test',
    layout: layoutAt(''),
    slurmUser: 'slurm',
    slurmdUser: 'root',
    headNode: { hostname: 'ip-10-0-0-4', address: '10.0.0.4' },
    slurmctldPort: 6817,
    ports: portsFrom(17001, nodes),
    nodes,
    nodeSize: { cpus: 2, memoryMiB: 1000 },
    configuration,
  })
}
const scheduling = (SlurmSettings: object, queue: object = {}) => ({
  Scheduling: {
    SlurmSettings,
    SlurmQueues: [{ Name: 'q', ComputeResources: [{ Name: 'c', InstanceType: 'x', MinCount: 1 }], ...queue }],
  },
})
const line = (text: string, start: string) =>
  text.split('\n').find((candidate) => candidate.startsWith(start))

describe('slurm.conf', () => {
  it('has a line per node with a port of its own, and elastic nodes in the cloud', () => {
    const text = rendered()
    expect(line(text, 'NodeName=debug-dy-t3-micro-1 ')).toBe(
      'NodeName=debug-dy-t3-micro-1 NodeHostname=ip-10-0-0-4 NodeAddr=10.0.0.4 Port=17001 CPUs=2 RealMemory=1000 ' +
        'Feature=dynamic,t3.micro,t3-micro State=CLOUD',
    )
    expect(line(text, 'NodeName=debug-dy-t3-micro-2 ')).toContain('Port=17002')
  })

  it('has a partition per queue with the queue’s own limits, the first one the default', () => {
    expect(line(rendered(), 'PartitionName=')).toBe(
      'PartitionName=debug Nodes=debug-dy-t3-micro-1,debug-dy-t3-micro-2 Default=YES MaxTime=1-00:00:00 State=UP MaxNodes=8',
    )
  })

  it('keeps static nodes up', () => {
    const text = rendered(scheduling({}))
    expect(line(text, 'SuspendExcNodes=')).toBe('SuspendExcNodes=q-st-c-1')
    expect(line(text, 'NodeName=q-st-c-1 ')).toContain('State=UNKNOWN')
  })

  it('schedules memory only where the configuration does', () => {
    expect(rendered()).toContain('SelectTypeParameters=CR_CPU_Memory\n')
    expect(rendered(scheduling({}))).toContain('SelectTypeParameters=CR_CPU\n')
  })

  it('gives idle nodes back when the configuration says, or never', () => {
    expect(rendered(scheduling({ ScaledownIdletime: '3' }))).toContain('SuspendTime=180\n')
    expect(rendered(scheduling({ ScaledownIdletime: -1 }))).toContain('SuspendTime=-1\n')
  })

  it('gives whole nodes where a queue asks for it', () => {
    const text = rendered(scheduling({}, { JobExclusiveAllocation: 'true' }))
    expect(line(text, 'PartitionName=')).toContain('OverSubscribe=EXCLUSIVE')
  })

  it('takes custom settings over, but for those that this site sets itself', () => {
    const settings = { CustomSlurmSettings: [{ MaxArraySize: 5000 }, { JobCompType: 'jobcomp/mysql' }] }
    const text = rendered(scheduling(settings))
    expect(text).toContain('MaxArraySize=5000\n')
    expect(text).not.toContain('jobcomp/mysql')
    expect(leftOutSettings(readConfiguration(aConfiguration(scheduling(settings))))).toEqual(['JobCompType'])
  })
})

it('scheduler parameters of the configuration stand beside the site’s own', () => {
  const settings = { CustomSlurmSettings: [{ SchedulerParameters: 'defer' }] }
  expect(rendered(scheduling(settings)).match(/^SchedulerParameters=.*$/gm)).toEqual([
    'SchedulerParameters=defer,batch_sched_delay=0',
  ])
})

describe('sshd_config', () => {
  const text = renderSshdConfig({
    layout: layoutAt(''),
    address: '10.0.0.4',
    port: 22,
    include: '/etc/ssh/sshd_config.d/*.conf',
    authorizedKeysFile: '.ssh/authorized_keys',
    environment: { PATH: '/usr/bin', SLURM_CONF: '/etc/slurm/slurm.conf' },
    strictModes: true,
  })

  it('reads what the node scripts wrote first, as the first value counts', () => {
    expect(text.split('\n')[0]).toBe('Include /etc/ssh/sshd_config.d/*.conf')
  })

  it('listens at its own address only and takes keys only', () => {
    expect(text).toContain('ListenAddress 10.0.0.4\n')
    expect(text).toContain('AuthenticationMethods publickey\n')
    expect(text).toContain('SetEnv PATH=/usr/bin SLURM_CONF=/etc/slurm/slurm.conf\n')
  })
})
