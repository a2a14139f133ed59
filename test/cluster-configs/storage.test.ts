// storage.sh gives the user /project and /scratch on what is mounted, and takes nothing of the user's for granted.
import { expect, it } from 'vitest'
import { describeOnNode, onNode, run, users } from './a-node.ts'

describeOnNode('storage.sh', () => {
  const lustre = '/scripts/storage.sh sim /lustre project scratch'

  it('links /project and /scratch into Lustre, private and scratch the user’s alone, the rest root’s, twice as once', () => {
    expect(
      run(`${users}; for n in 1 2; do ${lustre}; done
        readlink /project /scratch; stat --format %U:%a /lustre/{project,project/private,project/public,scratch}
        setpriv --reuid 5000 --regid 5000 --clear-groups touch /project/private/mine /scratch/mine; ls /lustre/project`),
    ).toBe('/lustre/project\n/lustre/scratch\nroot:755\nsim:700\nroot:755\nsim:700\nprivate\npublic')
  })

  it('gives a cluster without Lustre its /scratch beside the homes, and no /project', () => {
    expect(
      run(`${users}; for n in 1 2; do /scripts/storage.sh sim /home scratch; done
        readlink /scratch; stat --format %U:%a /home/scratch; test ! -e /project; ls /home`),
    ).toBe('/home/scratch\nsim:700\nscratch\nsim')
  })

  it('lets no user write to /project/public, nor put something else in its place', () => {
    const asUser = 'setpriv --reuid 5000 --regid 5000 --clear-groups'
    for (const attempt of [
      'touch /project/public/a',
      'touch /project/a',
      'rmdir /project/public',
      'mv /project/private /project/b',
    ])
      expect(run(`${users}; ${lustre}; ${asUser} ${attempt} 2>/dev/null && echo done || echo refused`)).toBe(
        'refused',
      )
  })

  it('gives the user what a data repository association made as root, and leaves files and later modes alone', () => {
    expect(
      run(`${users}; mkdir -p /lustre/project/private; touch /lustre/project/private/imported
        ${lustre}; chmod 750 /project/private; ${lustre}
        stat --format %U:%a /project/private /project/private/imported`),
    ).toBe('sim:750\nroot:644')
  })

  it('follows no link', () => {
    const { status, stderr } = onNode(
      `${users}; mkdir /lustre/project; ln -s /etc /lustre/project/private; ${lustre}`,
    )
    expect(stderr).toMatch(/is a link/)
    expect(status).toBe(2)
  })

  it('leaves a /project that the site mounts itself', () => {
    expect(
      run(`${users}; mkdir /project; mount -t tmpfs tmpfs /project; ${lustre}
        mountpoint --quiet /project; readlink /scratch`),
    ).toBe('/lustre/scratch')
  })

  it.each([
    ['a file system that failed to mount', `umount /lustre; ${lustre}`, /nothing is mounted/],
    ['a user that is not there', '/scripts/storage.sh other /lustre scratch', /users\.sh comes first/],
    ['a path with dots', '/scripts/storage.sh sim /home/.. scratch', /below \//],
    ['another name', '/scripts/storage.sh sim /home etc', /there is no etc/],
    ['nothing to link', '/scripts/storage.sh sim /home', /wants a user/],
    [
      'files of the node in the way',
      'mkdir /scratch; touch /scratch/a; /scripts/storage.sh sim /home scratch',
      /not empty/,
    ],
  ])('refuses %s', (_, program, message) => {
    const { status, stderr } = onNode(`${users}; ${program}`)
    expect(stderr).toMatch(message)
    expect(status).toBe(2)
  })
})
