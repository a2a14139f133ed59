// mount-s3.sh installs what it is given and nothing else, mounts once, and leaves alone what is mounted. Neither S3 nor
// systemd nor rpm is on a pretended node, so small programs in their place tell what they were asked.
import { expect, it } from 'vitest'
import { awsCli, describeOnNode, onNode, run, users } from './a-node.ts'

const sum = '$(sha256sum /tmp/packages.tar | cut -d" " -f1)'
const mount = (checksum = sum, packages = 's3://assets/hpc/mountpoint.tar') =>
  `/scripts/mount-s3.sh sim eu-west-1 s3://assets/ s3://projects/lab/mine/ ${packages} ${checksum}`

/** A `mount-s3` that comes with the package, a `systemctl` that starts a unit by running what it says. */
const programs = `mkdir -p /opt/bin /etc/systemd/system; export PATH=/opt/bin:$PATH
program() { cat >"/opt/bin/$1"; chmod +x "/opt/bin/$1"; }
mkdir -p ${awsCli}; cat >${awsCli}/aws <<'AWS'
#!/bin/bash
echo "aws $*" >>/tmp/asked; cp /tmp/packages.tar "\${@: -1}"
AWS
chmod +x ${awsCli}/aws
program rpm <<'RPM'
#!/bin/bash
echo "rpm \${*##*/}" >>/tmp/asked
printf '#!/bin/bash\\necho "mount-s3 $*" >>/tmp/asked; mount -t tmpfs -o mode=0755 tmpfs "$2"\\n' >/opt/bin/mount-s3
chmod +x /opt/bin/mount-s3
RPM
program systemctl <<'SYSTEMCTL'
#!/bin/bash
if [[ $1 == enable ]]; then bash -c "$(sed -n 's/^ExecStart=//p' "/etc/systemd/system/$3")"; fi
SYSTEMCTL
touch /tmp/one.rpm; tar --create --directory /tmp --file /tmp/packages.tar one.rpm; ${users}`

describeOnNode('mount-s3.sh', () => {
  it('mounts the public bucket to read and the project’s prefix to read and write, twice as once', () => {
    const asked = run(`${programs}; ${mount()}; ${mount()}
      cat /tmp/asked; ls /etc/systemd/system | grep hpc-`).split('\n')
    expect(asked).toEqual([
      expect.stringMatching(/^aws s3 cp .*--region eu-west-1 s3:\/\/assets\/hpc\/mountpoint\.tar /),
      expect.stringContaining('one.rpm'),
      'mount-s3 assets /project/public --region eu-west-1 --allow-other --read-only --dir-mode 0755 --file-mode 0644',
      'mount-s3 projects /project/private --region eu-west-1 --allow-other --allow-delete --allow-overwrite ' +
        '--uid 5000 --gid 5000 --dir-mode 0700 --file-mode 0600 --prefix lab/mine/',
      'hpc-project-private.service',
      'hpc-project-public.service',
    ])
  })

  it('leaves alone what the site has mounted, and gives the private part to the user', () => {
    expect(
      run(`${programs}; for name in public private; do mkdir -p /project/$name; mount -t tmpfs -o mode=0755 tmpfs /project/$name; done
        ${mount('none', 'none')}; test ! -e /tmp/asked; test ! -e /etc/systemd/system/hpc-project-public.service
        stat --format %U:%a /project/public /project/private`),
    ).toBe('root:755\nsim:700')
  })

  it('installs no package with another checksum', () => {
    const { status, stderr } = onNode(
      `${programs}; ${mount('0'.repeat(64))} || { code=$?; grep rpm /tmp/asked && exit 9; exit $code; }`,
    )
    expect(stderr).toMatch(/not the one whose checksum/)
    expect(status).toBe(2)
  })

  it.each([
    ['a site without a package', mount('none', 'none'), /storage\.mountpoint/],
    [
      'every project’s data',
      '/scripts/mount-s3.sh sim eu-west-1 s3://a1b/ s3://b1c/ none none',
      /must have a prefix/,
    ],
    [
      'a bucket with options',
      `/scripts/mount-s3.sh sim eu-west-1 's3://a b/' s3://b1c/l/p/ none none`,
      /public address/,
    ],
    [
      'a prefix that is a command',
      `/scripts/mount-s3.sh sim eu-west-1 s3://a1b/ 's3://b1c/$(id)/' none none`,
      /private address/,
    ],
    [
      'a user that is not there',
      '/scripts/mount-s3.sh other eu-west-1 s3://a1b/ s3://b1c/l/p/ none none',
      /users\.sh/,
    ],
    ['too few arguments', '/scripts/mount-s3.sh sim', /six arguments/],
  ])('refuses %s', (_, program, message) => {
    const { status, stderr } = onNode(`${users}; ${program}`)
    expect(stderr).toMatch(message)
    expect(status).toBe(2)
  })
})
