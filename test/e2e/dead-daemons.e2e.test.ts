// A cluster that is dead on its feet: not one of its daemons runs, and it can be deleted as any other.
import { expect, inject, test } from 'vitest'
import { clusterFolder } from '../../local/slurm/records.ts'
import { holdings } from './account.ts'
import { client, gone, hasHosts, outputs, ready } from './caller.ts'
import { daemonsOf } from './daemons.ts'

test.skipIf(!hasHosts)(
  'a cluster whose daemons are all dead can be deleted, and nothing is left',
  async () => {
    const before = await holdings(outputs)
    const { name } = await client.call('createCluster', {
      virtualLab: 'e2e-lab',
      project: 'dead',
      lustre: false,
    })
    await ready(name)
    const own = () => daemonsOf(clusterFolder(inject('stateDir'), name))
    const names = own().map((daemon) => daemon.name)
    expect(names).toEqual(expect.arrayContaining(['slurmctld', 'munged', 'sshd']))
    // Some start others, or end with them: until none is there.
    for (let rounds = 0; rounds < 20 && own().length > 0; rounds++) for (const { pid } of own()) kill(pid)
    expect(own()).toEqual([])

    await client.call('deleteCluster', { name })
    await gone(name)
    expect(await holdings(outputs)).toEqual(before)
  },
)

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself meanwhile.
  }
}
