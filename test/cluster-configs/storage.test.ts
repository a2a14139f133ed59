// storage.sh gives the user /project and /scratch on what is mounted, and takes nothing of the user's for granted.
import { expect, it } from 'vitest'
import { describeOnNode, onNode, run, users } from './a-node.ts'

describeOnNode('storage.sh', () => {
  it.each(['/lustre', '/home'])(
    'links /project and /scratch into %s for the user, twice as once',
    (shared) => {
      expect(
        run(`${users}; for n in 1 2; do /scripts/storage.sh sim ${shared}; done
        readlink /project /scratch; stat --format %U:%a ${shared}/{project,project/private,project/public,scratch}
        setpriv --reuid 5000 --regid 5000 --clear-groups touch /project/private/mine /scratch/mine; ls ${shared}/project`),
      ).toBe(`${shared}/project\n${shared}/scratch\nsim:755\nsim:755\nroot:755\nsim:755\nprivate\npublic`)
    },
  )

  it('gives the user what a data repository association made as root, and leaves modes and files alone', () => {
    expect(
      run(`${users}; mkdir -p /lustre/project/private; touch /lustre/project/private/imported
        /scripts/storage.sh sim /lustre; chmod 700 /project/private; /scripts/storage.sh sim /lustre
        stat --format %U:%a /project/private /project/private/imported`),
    ).toBe('sim:700\nroot:644')
  })

  it('follows no link that the user left for root', () => {
    expect(
      run(`${users}; /scripts/storage.sh sim /lustre; rmdir /project/private; ln -s /etc /project/private
        /scripts/storage.sh sim /lustre; stat --format %U /etc`),
    ).toBe('root')
  })

  it('leaves a /project that the site mounts itself', () => {
    expect(
      run(`${users}; mkdir /project; mount -t tmpfs tmpfs /project; /scripts/storage.sh sim /home
        mountpoint --quiet /project; readlink /scratch`),
    ).toBe('/home/scratch')
  })

  it.each([
    [
      'a file system that failed to mount',
      'umount /lustre; /scripts/storage.sh sim /lustre',
      /nothing is mounted/,
    ],
    ['a user that is not there', '/scripts/storage.sh other /lustre', /users\.sh comes first/],
    ['a path with dots', '/scripts/storage.sh sim /home/..', /below \//],
    [
      'files of the node in the way',
      'mkdir /scratch; touch /scratch/a; /scripts/storage.sh sim /home',
      /not empty/,
    ],
  ])('refuses %s', (_, program, message) => {
    const { status, stderr } = onNode(`${users}; ${program}`)
    expect(stderr).toMatch(message)
    expect(status).toBe(2)
  })
})
