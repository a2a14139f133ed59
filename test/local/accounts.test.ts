// The accounts that a cluster takes over from the machine.
import { describe, expect, it } from 'vitest'
import { accountIds, shadowOf, systemAccounts } from '../../local/slurm/accounts.ts'

const passwd = [
  'root:x:0:0:root:/root:/bin/bash',
  'munge:x:102:105::/nonexistent:/usr/sbin/nologin',
  'jane:x:1000:1000:Jane:/home/jane:/bin/bash',
  'sim:x:5000:5000::/home/sim:/bin/bash',
  'slurm:x:64030:64030::/nonexistent:/usr/sbin/nologin',
  'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
  '',
].join('\n')

describe('the accounts of a cluster', () => {
  it('are the machine’s daemons without its people', () => {
    const names = systemAccounts(passwd)
      .trim()
      .split('\n')
      .map((line) => line.split(':')[0])
    expect(names).toEqual(['root', 'munge', 'slurm', 'nobody'])
  })

  it('have no passwords and are not locked', () => {
    expect(shadowOf('root:x:0:0::/root:/bin/bash\n')).toBe('root:*:19000:0:99999:7:::\n')
  })

  it('have ids, or are not there', () => {
    expect(accountIds(passwd, 'slurm')).toEqual({ uid: 64030, gid: 64030 })
    expect(accountIds(passwd, 'slur')).toBeUndefined()
  })
})
