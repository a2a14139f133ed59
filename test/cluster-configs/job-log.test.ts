// job-log.py installs itself once, and loses nothing that it has to send. What it finds of jobs is tested on real Slurm,
// in test/e2e/job-log.e2e.test.ts.
import { expect, it } from 'vitest'
import { Activity } from '../../core/lifetime/activity.ts'
import { awsCli as cli, describeOnNode, onNode, run } from './a-node.ts'

const install = '/scripts/job-log.py /hpc-provisioner/jobs/hpc-a/01k0 eu-west-1'
/** Stands for the AWS CLI where ParallelCluster has its own; `answer` is a program that knows the operation as $2. */
const withAws = (answer: string) => `mkdir -p ${cli} /tmp/sent
  cat > ${cli}/aws <<'AWS'
#!/bin/bash
echo "$*" >> /tmp/asked
send() { for a in "$@"; do if [[ $a == file://* ]]; then cp "\${a#file://}" "/tmp/sent/$(ls /tmp/sent | wc -l)"; fi; done; }
${answer}
AWS
  chmod +x ${cli}/aws`
/** Puts a job that ended at that second into the spool, with an event of so many bytes. */
const spooled = (job: number, second: number, bytes = 10) => `mkdir -p /var/spool/hpc-job-log
  python3 - <<'PYTHON'
import json
event = {"timestamp": ${second} * 1000, "message": json.dumps({"job": "${job}", "text": "x" * ${bytes}})}
open("/var/spool/hpc-job-log/${job}-x.json", "w").write(json.dumps([event]))
PYTHON
sleep 0.05
`
const until = (what: string) => `for i in $(seq 400); do if ${what}; then break; fi; sleep 0.1; done`
// By the glob alone: ls also fails on a file that is sent while it looks.
const allSent = until('! compgen -G "/var/spool/hpc-job-log/*.json" >/dev/null')
const logged = 'wc -w < /var/spool/hpc-job-log/logged'
const jobsSent = `python3 - <<'PYTHON'
import json, os
for name in sorted(os.listdir("/tmp/sent"), key=int):
    print(" ".join(json.loads(event["message"])["job"] for event in json.load(open("/tmp/sent/" + name))))
PYTHON
`

describeOnNode('job-log.py', () => {
  it('installs a program and its settings where only root writes, and runs once however often it is installed', () => {
    const running = 'pgrep --count --full "^/usr/bin/python3 /opt/hpc-provisioner/job-log.py serve"'
    const lines =
      run(`${install}; ${until('[[ -s /run/hpc-job-log.lock ]]')}; first=$(cat /run/hpc-job-log.lock)
      ${install}; ${until('[[ -s /run/hpc-job-log.lock && $(cat /run/hpc-job-log.lock) != $first ]]')}
      ${running}; cat /etc/hpc-job-log.json; echo
      stat --format '%U %a %n' /opt/hpc-provisioner/job-log.py /var/spool/hpc-job-log /var/spool/hpc-job-log/refused`)
    expect(lines.split('\n')).toEqual([
      '1',
      '{"group": "/hpc-provisioner/jobs/hpc-a/01k0", "region": "eu-west-1"}',
      'root 755 /opt/hpc-provisioner/job-log.py',
      'root 700 /var/spool/hpc-job-log',
      'root 700 /var/spool/hpc-job-log/refused',
    ])
  })

  it('is a service that systemd keeps up, and that ends before slurmctld', () => {
    const lines = run(`mkdir -p /run/systemd/system /etc/systemd/system /tmp/bin
      printf '#!/bin/bash\\necho "$*" >> /tmp/asked\\n' > /tmp/bin/systemctl; chmod +x /tmp/bin/systemctl
      PATH=/tmp/bin:$PATH ${install}; cat /tmp/asked; cat /etc/systemd/system/hpc-job-log.service`).split(
      '\n',
    )
    expect(lines.slice(0, 3)).toEqual([
      'daemon-reload',
      'enable hpc-job-log.service',
      'restart hpc-job-log.service',
    ])
    expect(lines).toContain('Restart=always')
    expect(lines).toContain('After=network-online.target slurmctld.service')
  })

  it.each([
    '',
    'one',
    '/a b eu-west-1',
    "'/a b' eu-west-1",
    "/a 'eu west'",
    'relative eu-west-1',
    "/a '$(id)'",
  ])('refuses %j and installs nothing', (args) => {
    const { status, stderr } = onNode(`status=0; /scripts/job-log.py ${args} || status=$?
        [[ ! -e /opt/hpc-provisioner && ! -e /etc/hpc-job-log.json ]] && exit $status`)
    expect(stderr).toMatch(/^job-log\.py: /)
    expect(status).toBe(2)
  })

  it('sends what is spooled in the order of the jobs’ ends, to the one group, and keeps none of it', () => {
    const lines = run(`${withAws('send "$@"')}
      ${spooled(1, 300)}${spooled(2, 100)}${spooled(3, 200)}
      ${install}; ${allSent}; ${jobsSent}cut -d' ' -f1-8 /tmp/asked`)
    const target =
      '--region eu-west-1 --log-group-name /hpc-provisioner/jobs/hpc-a/01k0 --log-stream-name jobs'
    expect(lines.split('\n')).toEqual([
      '2 3 1',
      `logs create-log-stream ${target}`,
      `logs put-log-events ${target}`,
    ])
  })

  it('sends again what could not be sent, and takes a stream that is there already', () => {
    const answer = `if [[ $2 == create-log-stream ]]; then echo ResourceAlreadyExistsException >&2; exit 254; fi
if [[ ! -e /tmp/failed ]]; then touch /tmp/failed; echo 'Could not connect to the endpoint URL' >&2; exit 255; fi
send "$@"`
    expect(
      run(`${withAws(answer)}
      ${spooled(1, 100)}${install}; ${allSent}; ${jobsSent}
      grep -c 'sending failed: Could not connect' /var/log/hpc-job-log.log; grep -c put-log-events /tmp/asked`),
    ).toBe('1\n1\n2')
  })

  it('sends no request larger than CloudWatch Logs takes', () => {
    const jobs = [1, 2, 3, 4, 5].map((job) => spooled(job, job, 400_000)).join('')
    expect(
      run(`${withAws('send "$@"')}; ${jobs}${install}; ${allSent}; ${jobsSent}
      find /tmp/sent -size +1048576c | wc -l`).split('\n'),
    ).toEqual(['1 2', '3 4', '5', '0'])
  })

  it('sets aside what is refused for good, and goes on with the rest', () => {
    const answer = `for a in "$@"; do if [[ $a == file://* ]] && grep -q 'job.*2' "\${a#file://}"; then echo InvalidParameterException >&2; exit 254; fi; done
send "$@"`
    expect(
      run(`${withAws(answer)}
      ${spooled(1, 100)}${spooled(2, 300)}${spooled(3, 400)}
      ${install}; ${allSent}; ${jobsSent}ls /var/spool/hpc-job-log/refused`).split('\n'),
    ).toEqual(['1', '3', '2-x.json'])
  })

  const withSlurm = (jobs: string) => `mkdir -p /opt/slurm/bin
    printf '#!/bin/bash\\ncat /tmp/jobs 2>/dev/null || true\\n' > /opt/slurm/bin/squeue; chmod +x /opt/slurm/bin/squeue
    ${jobs}`
  /** An squeue that tells of job 7 when it is asked for ended jobs, while there is a /tmp/visible; and counts its looks. */
  const withEndedJob = (end: string) => `mkdir -p /opt/slurm/bin
    cat > /opt/slurm/bin/squeue <<'SQUEUE'
#!/bin/bash
[[ $2 == --array ]] || exit 0
echo >> /tmp/looks
if [[ -e /tmp/visible ]]; then
  sed "s/END/$(cat /tmp/end)/g;s/$/\${4: -32}/" <<< '7|7|N/A|0|COMPLETED|1|1|END|END|END|1:00|debug|root|(null)|n1|None|name'
fi
SQUEUE
    printf '#!/bin/bash\\necho "Invalid job id" >&2; exit 1\\n' > /opt/slurm/bin/scontrol
    chmod +x /opt/slurm/bin/*
    ${end} > /tmp/end; touch /tmp/visible`
  const anotherLook = `looks=$(wc -l < /tmp/looks); ${until('(( $(wc -l < /tmp/looks) > looks ))')}; sleep 1`
  const records = `cat /tmp/sent/* | grep -o 'kind[^,]*record' | wc -l`

  it('tells no job twice, though slurmctld forgets it and tells of it again after a crash', () => {
    expect(
      run(`${withAws('send "$@"')}
      ${withEndedJob('date -u +%Y-%m-%dT%H:%M:%S')}
      ${install}; ${until('grep --quiet record /tmp/sent/* 2>/dev/null')}
      rm /tmp/visible; ${anotherLook}; touch /tmp/visible; ${anotherLook}; ${records}; ${logged}`),
    ).toBe('1\n1')
  })

  it('forgets a day after its end what slurmctld has forgotten', () => {
    expect(
      run(`${withAws('send "$@"')}
      ${withEndedJob('echo 2026-01-01T00:00:00')}
      ${install}; ${until('grep --quiet record /tmp/sent/* 2>/dev/null')}
      ${anotherLook}; ${logged}; rm /tmp/visible; ${anotherLook}; ${logged}`),
    ).toBe('1\n0')
  })

  const told = `cat /tmp/sent/* | grep -o 'idleSince[^}]*' || true`
  const toldTimes = (times: number) => until(`[[ $(ls /tmp/sent | wc -l) -ge ${times} ]]`)

  it('tells at once when there are jobs and when there are none any more, in a stream of its own', () => {
    const lines = run(`${withAws('send "$@"')}
      ${withSlurm(`printf 'RUNNING|2026-08-01T01:00:00\\nPENDING|N/A\\n' > /tmp/jobs`)}
      ${install}; ${toldTimes(1)}; rm /tmp/jobs; ${toldTimes(2)}; cat /tmp/sent/0; echo; cat /tmp/sent/1; echo
      cut -d' ' -f1,2,7,8 /tmp/asked`).split('\n')
    const [busy, idle] = lines
      .slice(0, 2)
      .map((line) => Activity.parse(JSON.parse(JSON.parse(line)[0].message)))
    expect(busy).toMatchObject({ running: 1, pending: 1, idleSince: null })
    expect(idle).toMatchObject({ running: 0, pending: 0 })
    // Since the last look that saw one.
    expect(Date.parse(idle?.idleSince ?? '')).toBeGreaterThanOrEqual(Date.parse(busy?.time ?? ''))
    expect(Date.parse(idle?.idleSince ?? '')).toBeLessThan(Date.parse(idle?.time ?? ''))
    expect(lines.slice(2)).toEqual([
      'logs create-log-stream --log-stream-name activity',
      'logs put-log-events --log-stream-name activity',
      'logs put-log-events --log-stream-name activity',
    ])
  })

  it('takes a job that ended between two looks for one that was there', () => {
    const lines = run(`${withAws('send "$@"')}
      ${withSlurm('')}${install}; ${toldTimes(1)}; sleep 2
      date -u +'COMPLETED|%Y-%m-%dT%H:%M:%S' | tee /tmp/jobs | tr -d '\\n'; echo; ${toldTimes(2)}; ${told}`).split(
      '\n',
    )
    const [job = '', first = '', second = ''] = lines
    expect(second).toContain(job.replace('COMPLETED|', ''))
    expect(first).not.toBe(second)
  })

  it('tells nothing where Slurm does not answer: nobody shall take that for a cluster without jobs', () => {
    expect(
      run(`${withAws('send "$@"')}
      ${withSlurm('')}printf '#!/bin/bash\\nexit 1\\n' > /opt/slurm/bin/squeue
      ${install}; ${until('[[ $(grep -c "looking whether there are jobs failed" /var/log/hpc-job-log.log) -ge 2 ]]')}
      ls /tmp/sent`),
    ).toBe('')
  })

  it('takes neither a missing Slurm nor a missing AWS CLI for its end', () => {
    expect(
      run(`${spooled(1, 100)}${install}; ${until('grep -q "sending failed" /var/log/hpc-job-log.log')}
      ls /var/spool/hpc-job-log/*.json; pgrep --count --full "job-log.py serve"`),
    ).toBe('/var/spool/hpc-job-log/1-x.json\n1')
  })
})
