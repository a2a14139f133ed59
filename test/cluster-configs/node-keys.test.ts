// node-keys.sh changes what a node trusts as the text in S3 says, and says so once it is done. A folder plays S3, a
// stand-in the AWS CLI; the watch is the script's own.
import { expect, it } from 'vitest'
import { awsCli, describeOnNode, key, onNode, users } from './a-node.ts'

const node = `
mkdir -p ${awsCli} /s3 /opt /run /var/lib
cat >${awsCli}/aws <<'X'
#!/bin/bash
case "$1 $2" in
  's3 cp') cp "/s3/\${6##*/}" "$7" ;;
  'logs create-log-stream') [[ ! -e /stream ]] || { echo 'An error occurred (ResourceAlreadyExistsException)' >&2; exit 254; }; touch /stream ;;
  'logs put-log-events') [[ ! -e /down ]] || exit 254; echo "\${8} $(sed 's/"timestamp":[0-9]*/"timestamp":T/' "\${10#file://}")" >>/told ;;
esac
X
chmod +x ${awsCli}/aws
${users}
groupadd ec2-user; useradd --gid ec2-user --home-dir /home/ec2-user --create-home ec2-user
install -d -m 700 -o ec2-user -g ec2-user /home/ec2-user/.ssh
admin=/home/ec2-user/.ssh/authorized_keys
{ echo 'ssh-ed25519 ${key('b')} admin@cluster'; echo 'ssh-rsa AAAAB3other somebody'; } >$admin
chown ec2-user: $admin; chmod 600 $admin
agent() { /scripts/node-keys.sh s3://node-keys/hpc-a/trusted-keys eu-west-1 sim "\${1-/jobs/hpc-a}"; }
say() { printf '%s\\n' "$@" >/s3/new; mv /s3/new /s3/trusted-keys; }
until_done() { for _ in $(seq 300); do ! cmp --silent /s3/trusted-keys /var/lib/hpc-node-keys/done || return 0; sleep 0.1; done; cat /var/log/hpc-node-keys.log; }
until_logged() { for _ in $(seq 300); do ! grep --quiet "$1" /var/log/hpc-node-keys.log || return 0; sleep 0.1; done; }
trusted() { cat /etc/ssh/authorized_keys.d/sim $admin; }
both=('state r1-installing' 'trust user ${key('c')}' 'trust user ${key('a')}' 'trust admin ${key('d')}' 'trust admin ${key('b')}')
new=('state r1-retiring' 'trust user ${key('c')}' 'trust admin ${key('d')}' 'drop admin ${key('b')}')
`
const line = (letter: string) => `ssh-ed25519 ${key(letter)}`
const said = (program: string) => onNode(`${node} ${program}`).stdout.trimEnd().split('\n')

describeOnNode('node-keys.sh', () => {
  it('trusts both keys, then the new one only, leaves other people’s alone, and says so each time', () => {
    const lines =
      said(`agent; say "\${both[@]}"; until_done; trusted; echo; say "\${new[@]}"; until_done; trusted; echo; cat /told
      stat --format '%U %a' /etc/ssh/authorized_keys.d/sim $admin; ls --almost-all /etc/ssh/authorized_keys.d; ls --almost-all /home/ec2-user/.ssh`)
    const told = (state: string) => `keys [{"timestamp":T,"message":"{\\"state\\":\\"${state}\\"}"}]`
    expect(lines).toEqual([
      ...[line('c'), line('a'), 'ssh-rsa AAAAB3other somebody', line('d'), line('b'), ''],
      ...[line('c'), 'ssh-rsa AAAAB3other somebody', line('d'), ''],
      ...[told('r1-installing'), told('r1-retiring'), 'root 644', 'ec2-user 600'],
      ...['sim', 'authorized_keys'], // nothing half-written beside them
    ])
  })

  it('needs only the last text, and a compute node tells nobody', () => {
    expect(said(`agent none; say "\${new[@]}"; until_done; trusted; ls /told 2>&1`)).toEqual([
      ...[line('c'), 'ssh-rsa AAAAB3other somebody', line('d')],
      "ls: cannot access '/told': No such file or directory",
    ])
  })

  it('leaves all as it is before anything was asked, and while it cannot say what it did', () => {
    const lines = said(`agent; sleep 3; trusted | grep -c .; touch /down; say "\${both[@]}"; sleep 5
      ls /var/lib/hpc-node-keys/done 2>&1 || true; rm /down; until_done; tail -1 /told | cut -d' ' -f1`)
    expect(lines).toEqual(['3', expect.stringContaining('cannot access'), 'keys'])
  })

  it.each([
    ['no key for the user', `'state r1' 'trust admin ${key('d')}'`],
    ['no key for the admin', `'state r1' 'trust user ${key('d')}'`],
    ['a key with options', `'state r1' 'trust user ${key('d')}' 'trust admin command="id" ${key('d')}'`],
    ['another kind of line', `'state r1' 'trust user ${key('d')}' 'trust admin ${key('d')}' '$(id)'`],
    ['another kind of key', `'state r1' 'trust user AAAAB3NzaC1yc2E' 'trust admin ${key('d')}'`],
  ])('a text with %s changes nothing', (_, lines) => {
    expect(
      said(
        `trusted >/before; agent; say ${lines}; until_logged 'no list of keys'; trusted | diff - /before && echo same; ls /told 2>/dev/null || true`,
      ),
    ).toEqual(['same'])
  })

  it.each([
    ['no arguments', ''],
    ['an address elsewhere', 'https://x/y eu-west-1 sim none'],
    ['a user that nobody made', 's3://bucket/key eu-west-1 other none'],
    ['a command as a group', "s3://bucket/key eu-west-1 sim '$(id)'"],
  ])('refuses %s', (_, args) => {
    const { status, stderr } = onNode(`${node} /scripts/node-keys.sh ${args}`)
    expect(stderr).toMatch(/^node-keys\.sh: /m)
    expect(status).toBe(2)
  })

  it('is a service where there is systemd', () => {
    expect(
      said(`mkdir -p /run/systemd/system; echo systemd >/proc/1/comm
        mkdir /bin-of-test; export PATH=/bin-of-test:$PATH
        printf '#!/bin/bash\\necho "$*"\\n' >/bin-of-test/systemctl; chmod +x /bin-of-test/systemctl
        agent; grep ExecStart /etc/systemd/system/hpc-node-keys.service`),
    ).toEqual([
      ...['daemon-reload', 'enable hpc-node-keys.service', 'restart hpc-node-keys.service'],
      'ExecStart=/opt/hpc-provisioner/node-keys.sh watch s3://node-keys/hpc-a/trusted-keys eu-west-1 sim /jobs/hpc-a',
    ])
  })
})
