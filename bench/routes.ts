// The requests that are measured, each beside its floor, in turn within every round so that both see the same machine.
import { setTimeout as sleep } from 'node:timers/promises'
import { type SignedRequest, signedFetch } from '../cli/signed-fetch.ts'
import { clusterName } from '../core/names.ts'
import type { Outputs } from '../local/demo.ts'
import { timed } from './statistics.ts'

export type Floored = { floor?: string; milliseconds: number[] }
type Measured = { floor?: string; request: (round: number) => { api: 'ours' | 'floors' } & SignedRequest }

const lab = 'bench'
const known = { virtualLab: lab, project: 'known' }
const name = clusterName(known)
/** Sixteen labs at a time take turns, and none of them gets as many clusters as a lab may have. */
const labOf = (n: number) => `${lab}-${n % 16}-${Math.floor(n / 1024)}`
const create = (project: string, virtualLab = lab): SignedRequest => ({
  method: 'POST',
  path: '/v1/clusters',
  body: JSON.stringify({ virtualLab, project }),
})
const get = (path: string, query: Record<string, string> = {}): SignedRequest => ({
  method: 'GET',
  path,
  query,
})
/** Small, and with something to find. */
const configuration = 'Image:\n  Os: alinux2023\nScheduling:\n  Scheduler: slurm\n'
const floor = (path: string): Measured => ({ request: () => ({ api: 'floors', ...get(path) }) })
const ours = (request: (round: number) => SignedRequest, against: string): Measured => ({
  floor: against,
  request: (round) => ({ api: 'ours', ...request(round) }),
})

export const measured: Record<string, Measured> = {
  'floor: empty': floor('/empty'),
  'floor: one get': floor('/one-get'),
  'floor: one put': floor('/one-put'),
  'GET version': ours(() => get('/v1/version'), 'floor: empty'),
  'GET tiers': ours(() => get('/v1/tiers'), 'floor: empty'),
  'GET openapi.json': ours(() => get('/v1/openapi.json'), 'floor: empty'),
  'GET one': ours(() => get(`/v1/clusters/${name}`), 'floor: one get'),
  'GET one, compatible': ours(
    () => get('/hpc-provisioner/pcluster', { project_id: known.project, vlab_id: lab }),
    'floor: one get',
  ),
  'GET list, a page of 20': ours(() => get('/v1/clusters', { limit: '20' }), 'floor: one get'),
  'GET events': ours(() => get(`/v1/clusters/${name}/events`), 'floor: one get'),
  'POST again': ours(() => create(known.project), 'floor: one put'),
  'GET list of a lab and a status': ours(
    () => get('/v1/clusters', { limit: '20', virtualLab: lab, status: 'CREATE_REQUEST_RECEIVED' }),
    'floor: one get',
  ),
  'POST validate': ours(
    () => ({ method: 'POST', path: '/v1/configurations/validate', body: configuration }),
    'floor: empty',
  ),
  'POST dry run': ours(() => ({ ...create('planned'), query: { dryRun: 'true' } }), 'floor: empty'),
  'PATCH again': ours(
    () => ({ method: 'PATCH', path: `/v1/clusters/${name}`, body: JSON.stringify({ tier: 'debug' }) }),
    'floor: one get',
  ),
  'POST new': ours((round) => create(`new-${round}`, labOf(round)), 'floor: one put'),
  DELETE: ours(
    (round) => ({
      method: 'DELETE',
      path: `/v1/clusters/${clusterName({ virtualLab: labOf(round), project: `new-${round}` })}`,
    }),
    'floor: one put',
  ),
}

export type Caller = ReturnType<typeof caller>

/** What sends the requests of the table above, by name. */
export function caller(
  { apiUrl, region, accessKeyId, secretAccessKey }: Outputs,
  floorsUrl: string,
  signal: AbortSignal,
) {
  const credentials = { accessKeyId, secretAccessKey }
  const send = {
    ours: signedFetch({ apiUrl, region, credentials }),
    floors: signedFetch({ apiUrl: floorsUrl, region, credentials }),
  }
  const call = async ({ api, ...request }: ReturnType<Measured['request']>): Promise<string> => {
    signal.throwIfAborted()
    const answer = await send[api](request)
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${request.method} ${request.path}: ${answer.status} ${text}`)
    return text
  }
  return {
    known: name,
    /** Asks for one of the measured requests; `round` tells those apart that make something. */
    ask: (what: string, round: number) => call((measured[what] as Measured).request(round)),
    create: (project: string) => call({ api: 'ours', ...create(project) }),
    /** The n-th of many creates at once. */
    createOfMany: (project: string, n: number) => call({ api: 'ours', ...create(project, labOf(n)) }),
    /** Only a cluster that is ready can be updated; it takes a reconciler to become so. */
    async prepare() {
      await call({ api: 'ours', ...create(known.project) })
      const isReady = async () =>
        JSON.parse(await call({ api: 'ours', ...get(`/v1/clusters/${name}`) })).status === 'CREATE_COMPLETE'
      while (!(await isReady())) await sleep(200, undefined, { signal })
    },
  }
}

/** API Gateway's event of GET one, for a function without an API before it. */
export const getOneEvent = {
  httpMethod: 'GET',
  resource: '/v1/clusters/{name}',
  path: `/v1/clusters/${name}`,
  pathParameters: { name },
  requestContext: { identity: {} },
}

/** Milliseconds of each request, warm. */
export async function measureRoutes(calls: Caller, rounds: number): Promise<Record<string, Floored>> {
  for (let i = 0; i < 20; i++) await calls.create(`listed-${i}`)
  const samples = Object.fromEntries(
    Object.entries(measured).map(([key, { floor: against }]): [string, Floored] => [
      key,
      { ...(against ? { floor: against } : {}), milliseconds: [] },
    ]),
  )
  // The first round warms every path up and is not counted.
  for (let round = 0; round <= rounds; round++)
    for (const key of Object.keys(measured)) {
      const milliseconds = await timed(() => calls.ask(key, round))
      if (round > 0) samples[key]?.milliseconds.push(milliseconds)
    }
  return samples
}
