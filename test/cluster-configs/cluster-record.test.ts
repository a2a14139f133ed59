// cluster-record.sh writes down what the cluster is where it outlives it, whole or not at all.
import { expect, it } from 'vitest'
import { describeOnNode, onNode, run, users } from './a-node.ts'

const record =
  '/scripts/cluster-record.sh hpc-mine-0123456789abcde 01k0deployment lab 2026-mine eu-west-1 sim'
const slurm = `mkdir -p /opt/slurm/bin; printf '#!/bin/bash\\necho debug; echo prod; echo "odd name"\\n' >/opt/slurm/bin/sinfo
chmod +x /opt/slurm/bin/sinfo; PATH=/opt/slurm/bin:$PATH`

describeOnNode('cluster-record.sh', () => {
  it('is JSON for all to read, twice as once, and nothing half-made stays', () => {
    const [folder = '', ...text] = run(`${users}; ${slurm}; ${record}; ${record}
      stat --format '%U %a' /home/.hpc-provisioner /home/.hpc-provisioner/cluster.json | paste -s -d,
      ls --almost-all /home/.hpc-provisioner >/tmp/list; [[ $(cat /tmp/list) == cluster.json ]]
      cat /home/.hpc-provisioner/cluster.json`).split('\n')
    expect(folder).toBe('root 755,root 644')
    expect(JSON.parse(text.join('\n'))).toEqual({
      ...{ name: 'hpc-mine-0123456789abcde', deployment: '01k0deployment', region: 'eu-west-1' },
      ...{ virtualLab: 'lab', project: '2026-mine' },
      headNode: { hostname: expect.any(String), addresses: [] },
      queues: ['debug', 'prod'],
      mounts: ['/home', '/lustre'],
      users: [{ name: 'sim', uid: 5000, gid: 5000, home: '/home/sim' }],
      environment: {
        ...{ HPC_VIRTUAL_LAB: 'lab', HPC_PROJECT: '2026-mine', HPC_CLUSTER: 'hpc-mine-0123456789abcde' },
        ...{ PROJECT: '/project', SCRATCH: '/scratch' },
      },
      writtenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    })
  })

  it('names what else is mounted, as the buckets of a cluster without Lustre are by the scripts before it', () => {
    const text =
      run(`umount /lustre; ${users}; ${slurm}; mkdir -p /project/public /project/private /project/other
      for name in public private; do mount -t tmpfs tmpfs /project/$name; done
      ${record}; cat /home/.hpc-provisioner/cluster.json`)
    expect(JSON.parse(text).mounts).toEqual(['/home', '/project/public', '/project/private'])
  })

  it.each([
    ['something to escape', `/scripts/cluster-record.sh 'a"b' d l p eu-west-1 sim`, /letters, digits/],
    ['a user that is not there', '/scripts/cluster-record.sh a d l p eu-west-1 other', /users\.sh/],
    ['homes that failed to mount', `umount /home; ${record}`, /nothing is mounted/],
  ])('refuses %s', (_, program, message) => {
    const { status, stderr } = onNode(`${users}; ${program}`)
    expect(stderr).toMatch(message)
    expect(status).toBe(2)
  })
})
