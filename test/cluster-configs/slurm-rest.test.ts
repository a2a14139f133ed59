// jwks.sh and slurmrestd.sh on a node with systemd, which a folder of stand-ins plays: aws copies from /s3, systemctl
// writes down what it is told, and a daemon is active where /active has its name.
import { expect, it } from 'vitest'
import { awsCli, describeOnNode, onNode, run } from './a-node.ts'

const keys = (kid: string) => `{"keys":[{"kid":"${kid}"}]}`

const systemd = `
mkdir -p /opt/slurm/sbin /run/systemd/system /bin-of-test /active /s3 /usr-local ${awsCli}
mount -t tmpfs tmpfs /usr/local; mkdir /usr/local/sbin
echo systemd >/proc/1/comm
cat >${awsCli}/aws <<'X'
#!/bin/bash
echo "$*" >>/told; cp "/s3/\${6##*/}" "$7"
X
cat >/bin-of-test/systemctl <<'X'
#!/bin/bash
echo "$*" >>/told
case $1 in
  is-active) [[ -e /active/\${!#} ]] ;;
  restart) if [[ -e /active/$2 && $2 == slurmctld ]] && grep -q bad /opt/slurm/etc/jwks.json; then rm /active/$2; else touch /active/$2; fi ;;
esac
X
printf '#!/bin/bash\\necho "sleep $*" >>/told\\n' >/bin-of-test/sleep
printf '#!/bin/bash\\n' >/opt/slurm/sbin/slurmrestd
chmod +x /bin-of-test/* ${awsCli}/aws /opt/slurm/sbin/slurmrestd
export PATH=/bin-of-test:$PATH
publish() { printf '{"keys":[{"kid":"%s"}]}\\n' "$1" >/s3/jwks.json; }
jwks() { /scripts/jwks.sh s3://identity-keys/jwks.json eu-west-1; }
timer() { /usr/local/sbin/hpc-jwks s3://identity-keys/jwks.json eu-west-1; }
restarts() { grep ^restart /told || true; }
`

describeOnNode('jwks.sh', () => {
  it('brings the keys, root’s and readable, before Slurm is configured, and has them looked for again', () => {
    const lines = run(`${systemd} publish a; (umask 077; jwks); cat /opt/slurm/etc/jwks.json
      stat --format '%U %a' /opt/slurm/etc /opt/slurm/etc/jwks.json; ls /opt/slurm/etc; restarts
      grep -h -e ^ExecStart -e ^OnCalendar /etc/systemd/system/hpc-jwks.*; head -1 /told; tail -2 /told`)
    expect(lines.split('\n')).toEqual([
      keys('a'),
      'root 755',
      'root 644',
      'jwks.json',
      'ExecStart=/usr/local/sbin/hpc-jwks s3://identity-keys/jwks.json eu-west-1',
      'OnCalendar=*:0/5',
      expect.stringMatching(
        /^s3 cp --only-show-errors --region eu-west-1 s3:\/\/identity-keys\/jwks.json \/opt\/slurm\/etc\/jwks.json\.\w+$/,
      ),
      'daemon-reload',
      'enable --now hpc-jwks.timer',
    ])
  })

  it('starts Slurm’s daemons again for new keys, those that run, and for nothing else', () => {
    expect(
      run(`${systemd} publish a; jwks; touch /active/slurmctld; timer; restarts; echo same
        publish b; timer; restarts; touch /active/slurmdbd; publish c; timer; restarts
        cat /opt/slurm/etc/jwks.json; ls /opt/slurm/etc`),
    ).toBe(
      ['same', 'restart slurmctld', 'restart slurmctld', 'restart slurmdbd', 'restart slurmctld']
        .concat(keys('c'), 'jwks.json')
        .join('\n'),
    )
  })

  it('gives Slurm the keys of before where it does not start with the new ones, and does not try those again', () => {
    const { stderr, stdout } = onNode(`${systemd} publish a; jwks; touch /active/slurmctld; publish bad
      timer || echo refused; cat /opt/slurm/etc/jwks.json; ls /active; rm /told
      timer || echo refused; restarts; publish b; timer; cat /opt/slurm/etc/jwks.json; ls /opt/slurm/etc`)
    expect(stdout.split('\n')).toEqual([
      ...['refused', keys('a'), 'slurmctld'],
      ...['refused'],
      ...[keys('b'), 'jwks.json', ''],
    ])
    expect(stderr).toMatch(/the ones of before are back\n.*the ones of before stay/)
  })

  it.each([
    ['waits for the first keys, then gives up', '', /cannot read s3:\/\/identity-keys/, 19],
    [
      'does not wait with keys in its hands',
      'mkdir /opt/slurm/etc; echo old >/opt/slurm/etc/jwks.json',
      /cannot read/,
      0,
    ],
    ['takes no page for keys', 'echo "<html>" >/s3/jwks.json', /no set of keys/, 0],
  ])('%s', (_, before, message, waits) => {
    const { stderr, stdout } = onNode(`${systemd} touch /told; ${before}
      jwks || echo status $?; grep -c ^sleep /told; ls /opt/slurm/etc`)
    expect(stderr).toMatch(message)
    expect(stdout.split('\n').slice(0, 2)).toEqual(['status 2', String(waits)])
    expect(stdout).not.toContain('jwks.json.')
  })

  it('wants the site to have brought the keys where there is no systemd', () => {
    const jwks = '/scripts/jwks.sh s3://identity-keys/jwks.json eu-west-1'
    expect(onNode(jwks).stderr).toMatch(/has not brought/)
    expect(
      run(
        `mkdir -p /opt/slurm/etc; echo keys >/opt/slurm/etc/jwks.json; ${jwks}; ls /etc/systemd/system | grep -c hpc || true`,
      ),
    ).toBe('0')
  })

  it.each([
    '',
    's3://identity-keys/jwks.json',
    'https://a/b eu-west-1',
    "'s3://a b/c' eu-west-1",
    "s3://abc/d '$(id)'",
  ])('refuses the arguments %j', (args) => {
    expect(onNode(`/scripts/jwks.sh ${args}`)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^jwks\.sh: (wants|the)/),
    })
  })
})

describeOnNode('slurmrestd.sh', () => {
  it('runs slurmrestd as a user of its own, that is neither root nor Slurm’s and logs in nowhere', () => {
    const lines = run(`${systemd} /scripts/slurmrestd.sh 6830 sun; /scripts/slurmrestd.sh 6830 sun
      getent passwd slurmrestd | cut -d: -f6,7; id -Gn slurmrestd
      grep -e ^User -e ^Exec -e ^Env -e ^Restart= /etc/systemd/system/slurmrestd.service; restarts`)
    expect(lines.split('\n')).toEqual([
      '/nonexistent:/usr/sbin/nologin',
      'slurmrestd',
      'User=slurmrestd',
      'Environment=SLURM_JWT=daemon',
      'ExecStart=/opt/slurm/sbin/slurmrestd -a rest_auth/jwt 0.0.0.0:6830',
      'Restart=always',
      'restart slurmrestd',
      'restart slurmrestd',
    ])
  })

  it('has slurmdbd take the same tokens, and leaves its file and its owner else as they are', () => {
    const lines = run(`${systemd} conf=/opt/slurm/etc/slurmdbd.conf; mkdir /opt/slurm/etc
      printf 'DbdPort=6819\\nauthalttypes=auth/other\\ninclude slurm_parallelcluster_slurmdbd.conf\\n' >$conf
      chown 1:1 $conf; chmod 600 $conf
      /scripts/slurmrestd.sh 6830 sun; /scripts/slurmrestd.sh 6830 sun
      cat $conf; stat --format '%u %a' $conf; restarts`)
    expect(lines.split('\n')).toEqual([
      'DbdPort=6819',
      'include slurm_parallelcluster_slurmdbd.conf',
      'AuthAltTypes=auth/jwt',
      'AuthAltParameters=jwks=/opt/slurm/etc/jwks.json,userclaimfield=sun',
      '1 600',
      ...['restart slurmdbd', 'restart slurmrestd', 'restart slurmrestd'],
    ])
  })

  it('fails where slurmrestd does not stay up', () => {
    const { status, stderr } =
      onNode(`${systemd} printf '#!/bin/bash\\n[[ $1 != is-active ]]\\n' >/bin-of-test/systemctl
      /scripts/slurmrestd.sh 6830 sun`)
    expect(stderr).toMatch(/does not stay up/)
    expect(status).toBe(2)
  })

  it('only makes the user where there is no systemd', () => {
    const slurmrestd =
      'mkdir -p /opt/slurm/sbin; touch /opt/slurm/sbin/slurmrestd; chmod +x /opt/slurm/sbin/slurmrestd'
    expect(
      run(
        `${slurmrestd}; /scripts/slurmrestd.sh 6830 sun; id -un slurmrestd; ls /etc/systemd/system | grep -c slurmrestd || true`,
      ),
    ).toBe('slurmrestd\n0')
  })

  it.each(['', '6830', '22 sun', '6830 a,b', "6830 'a b'", "'$(id)' sun"])(
    'refuses the arguments %j',
    (args) => {
      expect(onNode(`/scripts/slurmrestd.sh ${args}`)).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(/^slurmrestd\.sh: (wants|the)/),
      })
    },
  )
})
