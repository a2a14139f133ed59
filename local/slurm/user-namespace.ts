// Where an ordinary user may make namespaces: one in which the user is called `sim`, and whose end leaves no process.

import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { systemAccounts } from './accounts.ts'
import { type Namespaces, openWith } from './namespaces.ts'
import { plainEnvironment, type RunOptions, run } from './run.ts'

export const loginName = 'sim'

// Process 1: the user's own number gets the name `sim` in this namespace's view of /etc/passwd, and nowhere else.
const init = `set -eu
read -r pid _ </proc/self/stat
mount --bind "$1" /etc/passwd
mount -t proc proc /proc
echo "$pid"
exec /bin/bash -c 'while read -r _; do :; done' init >/dev/null 2>&1`

/** Undefined where the machine does not let ordinary users make namespaces. */
export async function openUserNamespace(place: string, home: string): Promise<Namespaces | undefined> {
  const { uid, gid } = userInfo()
  const passwd = join(place, 'etc/passwd')
  const others = systemAccounts(readFileSync('/etc/passwd', 'utf8'))
  await writeFile(passwd, `${loginName}:*:${uid}:${gid}::${home}:/bin/bash\n${others}`)
  const kinds = ['--user', '--map-current-user', '--keep-caps', '--mount', '--uts', '--ipc', '--pid']
  return openWith(kinds, ['-c', init, 'init', passwd]).catch(() => undefined)
}

export const runInUserNamespace = (
  { pid }: Pick<Namespaces, 'pid'>,
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> =>
  run(
    'nsenter',
    [`--target=${pid}`, '--preserve-credentials', '-U', '-m', '-u', '-i', '-p', '--', program, ...args],
    {
      ...options,
      env: { ...plainEnvironment, ...options.env },
    },
  )
