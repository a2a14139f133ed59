// The accounts of a cluster's own /etc: the machine's system accounts without its people and their passwords.

/** Daemon accounts that distributions number above the system range. */
const daemons = new Set(['nobody', 'slurm', 'munge', 'sshd'])

const isSystemLine = (line: string): boolean => {
  const [name = '', , id = ''] = line.split(':')
  return name !== '' && (Number(id) < 1000 || daemons.has(name) || name === 'nogroup')
}

/** For /etc/passwd and /etc/group. */
export const systemAccounts = (text: string): string =>
  `${text.split('\n').filter(isSystemLine).join('\n')}\n`

/** Nobody has a password. `*` and not `!`, which sshd without PAM takes for a locked account. */
export const shadowOf = (passwd: string): string =>
  passwd
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `${line.split(':')[0]}:*:19000:0:99999:7:::\n`)
    .join('')

/** The ids of an account in /etc/passwd, undefined where there is none. */
export function accountIds(passwd: string, name: string): { uid: number; gid: number } | undefined {
  const line = passwd.split('\n').find((text) => text.startsWith(`${name}:`))
  if (line === undefined) return undefined
  const [, , uid, gid] = line.split(':')
  return { uid: Number(uid), gid: Number(gid) }
}
