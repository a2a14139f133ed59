// What the client made from the contract sends.
import { expect, test } from 'vitest'
import { apiClient } from '../../cli/client.ts'
import { aCluster } from './clusters.ts'
import { anApi } from './command-line.ts'
import { verified } from './signature.ts'
import { type Answers, answered } from './stand-in-api.ts'

const credentials = { accessKeyId: 'AKID', secretAccessKey: 'not-told' }
const name = 'hpc-my-project-0123456789abcde'

async function aClient(answers: Answers) {
  const api = await anApi(answers)
  return { api, client: apiClient({ apiUrl: `${api.apiUrl}/`, region: 'eu-central-1', credentials }) }
}

test('path, query and body come from the schemas of the route', async () => {
  const { api, client } = await aClient({
    getCluster: answered('getCluster', aCluster()),
    createCluster: answered('createCluster', aCluster()),
    listClusters: answered('listClusters', { clusters: [] }),
    pclusterDelete: answered('pclusterDelete', {
      cluster: { clusterName: name, clusterStatus: 'DELETE_IN_PROGRESS' },
    }),
  })
  await client.call('getCluster', { name })
  await client.call('createCluster', { virtualLab: 'my-lab', project: 'p', tier: undefined, lustre: false })
  await client.call('listClusters', { virtualLab: 'my-lab', limit: 5, cursor: 'a b+c/=&*' })
  await client.call('pclusterDelete', { vlab_id: 'my-lab', project_id: 'p' })
  expect(api.calls.map(({ method, path, query, body }) => ({ method, path, query, body }))).toEqual([
    { method: 'GET', path: `/v1/clusters/${name}`, query: {}, body: '' },
    {
      method: 'POST',
      path: '/v1/clusters',
      query: {},
      body: JSON.stringify({ virtualLab: 'my-lab', project: 'p', lustre: false }),
    },
    {
      method: 'GET',
      path: '/v1/clusters',
      query: { limit: '5', cursor: 'a b+c/=&*', virtualLab: 'my-lab' },
      body: '',
    },
    {
      method: 'DELETE',
      path: '/hpc-provisioner/pcluster',
      query: { vlab_id: 'my-lab', project_id: 'p' },
      body: '',
    },
  ])
})

test('every request is signed for execute-api in the region, with the stage, the query and the body', async () => {
  const { api, client } = await aClient({
    createCluster: answered('createCluster', aCluster()),
    listClusters: answered('listClusters', { clusters: [] }),
  })
  await client.call('createCluster', { virtualLab: 'my-lab', project: 'p' })
  await client.call('listClusters', { cursor: 'a b+c/=&*' })
  for (const { method, path, query, headers, body } of api.calls) {
    const url = new URL(`${api.apiUrl}${path}`)
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
    expect(verified({ method, url, headers, body }, credentials.secretAccessKey)).toEqual({
      region: 'eu-central-1',
      service: 'execute-api',
      signedHeaders: expect.arrayContaining(['host', 'x-amz-content-sha256', 'x-amz-date']),
    })
  }
  expect(api.calls).toHaveLength(2)
})

test.each(['', '..', 'a/b', 'hpc-x?y'])(
  '%j as a name would be another path, and is not sent',
  async (bad) => {
    const { api, client } = await aClient({})
    const details = [{ path: 'name', message: expect.any(String) }]
    await expect(client.call('getCluster', { name: bad })).rejects.toMatchObject({
      code: 'InvalidRequest',
      details,
    })
    expect(api.calls).toEqual([])
  },
)
