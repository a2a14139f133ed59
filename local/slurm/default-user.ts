// ParallelCluster's default user, ec2-user, with the admin's public key; needs root.
import { type Namespaces, runInside } from './namespaces.ts'

const id = '1000'

// The home may be on storage that outlives clusters, so the keys of an earlier deployment are written over. It is
// written from inside, because only the cluster's namespace has that storage mounted.
const authorize = `set -eu
install -d -m 700 -o ec2-user -g ec2-user "$0/.ssh"
printf '%s\\n' "$@" > "$0/.ssh/authorized_keys"
chown ec2-user:ec2-user "$0/.ssh/authorized_keys"
chmod 600 "$0/.ssh/authorized_keys"`

export async function createDefaultUser(
  namespaces: Namespaces,
  home: 'Shared' | 'Local',
  publicKeys: string[],
): Promise<void> {
  const path = home === 'Local' ? '/local/home/ec2-user' : '/home/ec2-user'
  await runInside(namespaces, 'groupadd', ['--gid', id, 'ec2-user'])
  await runInside(namespaces, 'useradd', [
    ...['--uid', id, '--gid', id, '--home-dir', path, '--create-home', '--shell', '/bin/bash'],
    'ec2-user',
  ])
  await runInside(namespaces, '/bin/bash', ['-c', authorize, path, ...publicKeys])
}
