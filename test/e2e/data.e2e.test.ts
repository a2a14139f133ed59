// The project's data, end to end: between a job and S3, kept from other projects, and saved before a delete.
import { setTimeout as sleep } from 'node:timers/promises'
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClusterView } from '../../core/answers.ts'
import { client, gone, hasHosts, jobEnd, keyFile, outputs, ready, secretOf, ssh } from './caller.ts'

const isRoot = process.getuid?.() === 0
const s3 = new S3Client({
  endpoint: outputs.endpointUrl,
  region: outputs.region,
  forcePathStyle: true,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
})
const virtualLab = 'data-lab'
let [publicBucket, privateBucket] = ['', '']

const put = (Bucket: string, Key: string, Body: string) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body }))
const read = async (Bucket: string, Key: string): Promise<string | undefined> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key })).catch(() => ({ Body: undefined }))
  return Body?.transformToString()
}
async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 60; tries++) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await sleep(250)
  }
  throw new Error('It did not come within 30 seconds.')
}

type Cluster = {
  view: ClusterView
  run: (command: string) => ReturnType<typeof ssh>
  job: (script: string) => Promise<string>
}
const made: string[] = []
async function cluster(project: string, lustre: boolean): Promise<Cluster> {
  const { name } = await client.call('createCluster', { virtualLab, project, tier: 'debug', lustre })
  made.push(name)
  const view = await ready(name)
  const key = keyFile(await secretOf(view.ssh?.userKeySecretArn ?? ''))
  // A command of SSH is no login shell, which would have them; where there is no root they come with SSH.
  const where = 'export PROJECT=${PROJECT:-/project} SCRATCH=${SCRATCH:-/scratch}'
  const run = (command: string) => ssh(view, key, `${where}; ${command}`)
  const job = async (script: string) => {
    const { out, err } = await run(`printf '%s\\n' '#!/bin/bash' '${script}' | sbatch --parsable -o job-%j`)
    const id = out.trim()
    expect(id, err).toMatch(/^\d+$/)
    const state = await jobEnd(view, key, id)
    return `${state} ${(await run(`cat job-${id}`)).out}`.trim()
  }
  return { view, run, job }
}

describe.skipIf(!hasHosts).each([true, false])('with lustre: %s', (lustre) => {
  const project = lustre ? 'fast' : 'plain'
  let mine: Cluster
  beforeAll(async () => {
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}))
    const named = (part: string) =>
      Buckets.map(({ Name = '' }) => Name).find((name) => name.includes(part)) ?? ''
    publicBucket = named('publicdata')
    privateBucket = named('privatedata')
    await put(publicBucket, 'models/one', 'for all')
    await put(privateBucket, `${virtualLab}/${project}/input/a`, 'ours')
    await put(privateBucket, `${virtualLab}/another/secret`, 'theirs')
    mine = await cluster(project, lustre)
  })

  test('what is in the buckets appears, the project’s and everybody’s, and nothing else', async () => {
    const listed = await until(async () => {
      const { out } = await mine.run('cat $PROJECT/public/models/one $PROJECT/private/input/a 2>/dev/null')
      return out === 'for allours' ? mine.run('cd $PROJECT && find . -type f') : undefined
    })
    expect(listed.out.trim().split('\n').sort()).toEqual(['./private/input/a', './public/models/one'])
  })

  test('what a job writes to /project/private arrives in S3, and what is put there later appears', async () => {
    const key = `${virtualLab}/${project}/results/one`
    const state = await mine.job('mkdir -p $PROJECT/private/results; echo 42 >$PROJECT/private/results/one')
    expect(state).toBe('COMPLETED')
    expect(await until(() => read(privateBucket, key))).toBe('42\n')
    await put(privateBucket, `${virtualLab}/${project}/input/late`, 'later')
    const seen = async () => (await mine.run('cat $PROJECT/private/input/late')).out || undefined
    expect(await until(seen)).toBe('later')
    // As the user's own file: a job may change it.
    expect((await mine.run('echo more >>$PROJECT/private/input/late')).status).toBe(0)
    expect(
      await until(
        async () =>
          /more/.exec((await read(privateBucket, `${virtualLab}/${project}/input/late`)) ?? '')?.[0],
      ),
    ).toBe('more')
    await mine.run('rm $PROJECT/private/results/one')
    await until(async () => ((await read(privateBucket, key)) === undefined ? true : undefined))
  })

  test.skipIf(!isRoot)(
    'a job cannot write /project/public, and nothing of it reaches the bucket',
    async () => {
      expect(
        await mine.job('touch /project/public/mine; touch /project/public/models/one || echo no'),
      ).toMatch(/no$/)
      for (const path of ['/project/public/mine', '/project/mine', '/lustre/mine'])
        expect((await mine.run(`touch ${path}`)).status).not.toBe(0)
      expect(await read(publicBucket, 'mine')).toBeUndefined()
      expect(await read(publicBucket, 'models/one')).toBe('for all')
    },
  )

  test.skipIf(!isRoot)('/project/private and /scratch are the user’s alone', async () => {
    const { out } = await mine.run(
      'stat -L --format %U:%a /project/private /scratch; stat --format %U:%a /project/. /home',
    )
    expect(out.trim().split('\n')).toEqual(['sim:700', 'sim:700', 'root:755', 'root:755'])
  })

  test.skipIf(!isRoot)('what the cluster is stands in its home, for its users to read', async () => {
    const { out } = await mine.run('cat /home/.hpc-provisioner/cluster.json')
    expect(JSON.parse(out)).toMatchObject({
      name: mine.view.name,
      deployment: mine.view.deploymentId,
      ...{ virtualLab, project },
      headNode: { addresses: [mine.view.ssh?.address] },
      queues: ['debug'],
      users: [{ name: 'sim', uid: 5000, gid: 5000, home: '/home/sim' }],
      environment: { PROJECT: '/project', SCRATCH: '/scratch' },
    })
    expect((await mine.run('echo >/home/.hpc-provisioner/cluster.json')).status).not.toBe(0)
  })

  test.skipIf(!lustre)('another project sees nothing of it', async () => {
    const theirs = await cluster('another', lustre)
    expect(await until(async () => (await theirs.run('cat $PROJECT/private/secret')).out || undefined)).toBe(
      'theirs',
    )
    expect((await theirs.run('find $PROJECT/private -type f')).out.trim()).toMatch(/^\S+private\/secret$/)
    await mine.run('echo mine >$HOME/mine')
    expect((await theirs.run('ls $HOME/mine')).status).not.toBe(0)
    await client.call('deleteCluster', { name: theirs.view.name })
  })

  test('a delete saves what was written last, /scratch goes with Lustre and stays without, the home stays', async () => {
    await mine.run('echo kept >$HOME/kept; echo scratched >$SCRATCH/kept')
    await mine.run('for n in 1 2 3; do echo $n >$PROJECT/private/last-$n; done')
    await client.call('deleteCluster', { name: mine.view.name })
    await gone(mine.view.name)
    for (const n of [1, 2, 3])
      expect(await read(privateBucket, `${virtualLab}/${project}/last-${n}`)).toBe(`${n}\n`)
    const next = await cluster(project, lustre)
    expect((await next.run('cat $HOME/kept')).out).toBe('kept\n')
    expect((await next.run('cat $SCRATCH/kept')).out).toBe(lustre ? '' : 'scratched\n')
    expect(await until(async () => (await next.run('cat $PROJECT/private/last-3')).out || undefined)).toBe(
      '3\n',
    )
  })
})

afterAll(async () => {
  for (const name of new Set(made)) await client.call('deleteCluster', { name }).catch(() => {})
  for (const name of new Set(made)) await gone(name)
})
