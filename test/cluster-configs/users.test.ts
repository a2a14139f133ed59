// users.sh makes the user once, leaves homes alone, and lets in the key of this deployment only.
import { expect, it } from 'vitest'
import { describeOnNode, hasCommand, key, onNode, run, users } from './a-node.ts'

describeOnNode('users.sh', () => {
  it('makes the user with fixed ids, a home, and no password rather than a locked account', () => {
    const lines = run(`${users}
      getent passwd sim; getent group sim; getent shadow sim | cut -d: -f1,2
      stat --format '%U:%G %a' /home/sim; ls --almost-all /home; ls --almost-all /home/sim`).split('\n')
    expect(lines.slice(0, 4)).toEqual([
      'sim:x:5000:5000::/home/sim:/bin/bash',
      'sim:x:5000:',
      'sim:*',
      'sim:sim 700',
    ])
    expect(lines[4]).toBe('sim') // nothing half-made beside it
    expect(lines).toContain('.bashrc')
  })

  it('twice is as once, and leaves a home alone', () => {
    const state = 'cat /etc/passwd /etc/group /etc/shadow; ls -lR /etc/ssh --time-style=+; ls -ld /home/sim'
    expect(
      run(`${users}; echo mine > /home/sim/.bashrc; chown 0:0 /home/sim/.bashrc; chmod 755 /home/sim
        (${state}) > /tmp/once; ${users}; (${state}) > /tmp/twice; diff /tmp/once /tmp/twice
        cat /home/sim/.bashrc; stat --format %U:%a /home/sim/.bashrc /home/sim`),
    ).toBe('mine\nroot:644\nsim:755')
  })

  it('keeps the key where only root writes, and replaces it', () => {
    expect(
      run(`${users}; /scripts/users.sh sim 5000 5000 ${key('b')}
        cat /etc/ssh/authorized_keys.d/sim; stat --format '%U %a' /etc/ssh/authorized_keys.d{,/sim}; ls /etc/ssh/authorized_keys.d`),
    ).toBe(`ssh-ed25519 ${key('b')}\nroot 755\nroot 644\nsim`)
  })

  it.each([
    ['no arguments', ''],
    ['a user with a slash', `../sim 5000 5000 ${key('a')}`],
    ['a command as a user', `'$(id)' 5000 5000 ${key('a')}`],
    ['root’s uid', `sim 0 5000 ${key('a')}`],
    ['a system gid', `sim 5000 4 ${key('a')}`],
    ['a key of another kind', 'sim 5000 5000 AAAAB3NzaC1yc2EAAAADAQAB'],
    ['a key with options before it', `sim 5000 5000 'command="id" ${key('a')}'`],
    ['two keys', `sim 5000 5000 $'${key('a')}\\nssh-ed25519 ${key('b')}'`],
    ['a user with other ids', `daemon 5000 5000 ${key('a')}`],
  ])('refuses %s and changes nothing', (_, args) => {
    const { status, stderr } = onNode(`(cat /etc/passwd /etc/group; ls -R /etc/ssh /home) > /tmp/before
      status=0; /scripts/users.sh ${args} || status=$?
      (cat /etc/passwd /etc/group; ls -R /etc/ssh /home) | diff /tmp/before - && exit $status`)
    expect(stderr).toMatch(/^users\.sh: /)
    expect(status).toBe(2)
  })

  it.skipIf(!hasCommand('sshd') || !hasCommand('ip'))(
    'a second deployment lets its own key in and refuses the first one’s, also where the home still has it',
    () => {
      const lines = run(`cd /root; for n in 1 2; do ssh-keygen -q -t ed25519 -N '' -f key$n; done
        login() { ssh -n -i $1 -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=no -o LogLevel=ERROR \\
          sim@127.0.0.1 'echo in as $(id -un)' 2>/dev/null || echo refused; }
        deploy() { /scripts/users.sh sim 5000 5000 "$(cut -d' ' -f2 $1.pub)"; }
        grep -q '^Include /etc/ssh/sshd_config.d/' /etc/ssh/sshd_config ||
          sed -i '1i Include /etc/ssh/sshd_config.d/*.conf' /etc/ssh/sshd_config
        ssh-keygen -A >/dev/null; deploy key1; "$(command -v sshd)" -E /tmp/sshd.log
        login key1; login key2
        install -d -o sim -m 700 /home/sim/.ssh; install -o sim -m 600 key1.pub /home/sim/.ssh/authorized_keys
        deploy key2; login key1; login key2
        sshd -T -C user=root,host=h,addr=127.0.0.1 | grep authorizedkeysfile`).split('\n')
      expect(lines.slice(0, 4)).toEqual(['in as sim', 'refused', 'refused', 'in as sim'])
      expect(lines[4]).toBe('authorizedkeysfile .ssh/authorized_keys .ssh/authorized_keys2') // others as before
    },
  )
})
