// The routes of the earlier service, as its clients send and read them.
import { beforeEach, describe, expect, it } from 'vitest'
import { clusterName } from '../../core/names.ts'
import { makeWorld, type World } from '../world.ts'
import { door } from './events.ts'
import { caughtLog } from './log.ts'

caughtLog()

const ids = { project_id: 'my-project', vlab_id: '2026-11-22-14H05' }
const name = clusterName({ virtualLab: ids.vlab_id, project: ids.project_id })
let world: World
let call: (
  method: string,
  query?: Record<string, string>,
  path?: string,
) => ReturnType<ReturnType<typeof door>>

beforeEach(() => {
  world = makeWorld()
  const open = door(world)
  call = (method, query, path = 'pcluster') =>
    open({ method, resource: `/hpc-provisioner/${path}`, ...(query ? { query } : {}) })
})

describe('POST', () => {
  it('answers what its clients read, and a key that can be fetched at once', async () => {
    const { status, body } = await call('POST', ids)
    expect(status).toBe(200)
    expect(body).toEqual({
      cluster: {
        clusterName: name,
        clusterStatus: 'CREATE_REQUEST_RECEIVED',
        ssh_user: 'sim',
        user_private_ssh_key_arn: expect.stringContaining('user-ssh-key'),
        admin_private_ssh_key_arn: expect.stringContaining('admin-ssh-key'),
        private_ssh_key_arn: (body.cluster as { user_private_ssh_key_arn: string }).user_private_ssh_key_arn,
      },
    })
    for (const { value } of world.secrets.values())
      expect(value).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/)
  })

  it.each([0, 60, 600])('again after %i s answers the same body', async (seconds) => {
    const first = await call('POST', ids)
    await world.advance(seconds)
    expect(await call('POST', ids)).toEqual(first)
    expect(await call('POST', { ...ids, tier: 'prod-mpi', include_lustre: 'false' })).toEqual(first)
  })

  it('after CREATE_FAILED starts a new deployment with new keys', async () => {
    const failing = { ...ids, project_id: 'fail-create-1' }
    const first = await call('POST', failing)
    await world.advance(1200)
    expect((await call('GET', failing)).body).toMatchObject({
      clusterStatus: 'CREATE_FAILED',
      failures: [{ failureCode: 'CreateFailed', failureReason: expect.any(String) }],
    })
    const second = await call('POST', failing)
    expect(second.status).toBe(200)
    expect(second.body).not.toEqual(first.body)
  })

  it('during deletion is 409 with a message and Retry-After', async () => {
    await call('POST', ids)
    await call('DELETE', ids)
    const { status, body, headers } = await call('POST', ids)
    expect(status).toBe(409)
    expect(body.message).toEqual(expect.any(String))
    expect(headers['retry-after']).toBeTruthy()
  })

  it.each([
    [{}, { tier: 'debug', lustre: true, benchmark: false }],
    [{ include_lustre: 'FALSE' }, { tier: 'debug', lustre: false, benchmark: false }],
    [
      { include_lustre: 'True', benchmark: 'TRUE' },
      { tier: 'debug', lustre: true, benchmark: true },
    ],
    [
      { tier: 'prod-batch', dev: 'true' },
      { tier: 'prod-batch', lustre: true, benchmark: false },
    ],
  ])('with %j asks for %j', async (options, spec) => {
    await call('POST', { ...ids, ...options })
    expect(world.clusters.get(name)?.spec).toEqual(spec)
  })

  it('takes its parameters in any order, and reads no body', async () => {
    const open = door(world)
    const query = { vlab_id: ids.vlab_id, tier: 'debug', project_id: ids.project_id, benchmark: 'false' }
    const request = { method: 'POST', resource: '/hpc-provisioner/pcluster', query, text: 'no JSON' }
    expect((await open(request)).status).toBe(200)
    expect([...world.clusters.keys()]).toEqual([name])
  })
})

describe('GET', () => {
  it('between POST and the stack is a 200 with a status', async () => {
    await call('POST', ids)
    const { status, body } = await call('GET', ids)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      clusterName: name,
      clusterStatus: 'CREATE_REQUEST_RECEIVED',
      clusterFsxId: null,
      ...ids,
    })
  })

  it('of a ready cluster has what ParallelCluster describes', async () => {
    await call('POST', ids)
    await world.advance(600)
    const { body } = await call('GET', ids)
    expect(body).toMatchObject({
      clusterName: name,
      clusterStatus: 'CREATE_COMPLETE',
      cloudFormationStackStatus: 'CREATE_COMPLETE',
      cloudformationStackArn: expect.stringContaining('arn:'),
      computeFleetStatus: 'RUNNING',
      creationTime: expect.stringMatching(/^\d{4}-/),
      lastUpdatedTime: expect.stringMatching(/^\d{4}-/),
      headNode: { privateIpAddress: expect.stringMatching(/^10\.64\./) },
      region: 'eu-west-1',
      version: '3.16.1',
      scheduler: { type: 'slurm' },
      tags: expect.arrayContaining([{ key: 'cost:project', value: 'my-project' }]),
      failures: [],
    })
    expect(body).not.toHaveProperty('message')
  })

  it('of all lists them, past one page', async () => {
    expect((await call('GET')).body).toEqual({ clusters: [] })
    await call('POST', ids)
    await call('POST', { ...ids, project_id: 'another' })
    const { body } = await call('GET')
    expect(body.clusters).toHaveLength(2)
    for (const cluster of body.clusters as object[])
      expect(cluster).toMatchObject({
        clusterName: expect.any(String),
        clusterStatus: 'CREATE_REQUEST_RECEIVED',
        cloudformationStackStatus: 'CREATE_IN_PROGRESS',
        region: 'eu-west-1',
        version: '3.16.1',
        scheduler: { type: 'slurm' },
      })
  })

  it('of what is not there, and after the deletion is complete, is 404 with a message', async () => {
    expect(await call('GET', ids)).toMatchObject({ status: 404, body: { message: expect.any(String) } })
    await call('POST', ids)
    await world.advance(600)
    await call('DELETE', ids)
    expect((await call('GET', ids)).body).toMatchObject({ clusterStatus: 'DELETE_IN_PROGRESS' })
    await world.advance(600)
    expect((await call('GET', ids)).status).toBe(404)
  })
})

it('DELETE answers what its clients read, as often as it is asked', async () => {
  await call('POST', ids)
  for (let times = 0; times < 2; times++)
    expect(await call('DELETE', ids)).toMatchObject({
      status: 200,
      body: { cluster: { clusterName: name, clusterStatus: 'DELETE_IN_PROGRESS' } },
    })
  expect(await call('DELETE', { ...ids, project_id: 'none' })).toMatchObject({
    status: 404,
    body: { message: expect.any(String) },
  })
})

it('no success has a message, at which its scripts would give up', async () => {
  for (const method of ['POST', 'GET', 'DELETE'])
    expect((await call(method, ids)).body).not.toHaveProperty('message')
  expect((await call('GET')).body).not.toHaveProperty('message')
  expect(await call('GET', undefined, 'version')).toMatchObject({ status: 200, body: { version: '1.2.3' } })
})
