// What a head node asks of AWS: node-programs/aws.sh leaves each command in a folder, the site carries it out.
import { constants } from 'node:fs'
import { mkdir, open, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from '../../core/zod.ts'
import type { Outside } from './outside.ts'

const folder = 'var/spool/aws'
const program = 'opt/parallelcluster/pyenv/versions/local/envs/cookbook_virtualenv/bin'
const pollSeconds = 0.25
const mostBytes = 4 * 2 ** 20

const Events = z.array(z.object({ timestamp: z.number(), message: z.string() }))

export type AwsRequests = { stop(): Promise<void> }

/** Gives the root file system of a head node its `aws`. */
export async function installAws(root: string): Promise<void> {
  await mkdir(join(root, folder), { recursive: true, mode: 0o700 })
  await mkdir(join(root, program), { recursive: true })
  await writeFile(join(root, program, 'aws'), '#!/bin/bash\nexec /opt/slurm/local/aws.sh "$@"\n', {
    mode: 0o755,
  })
}

/**
 * Carries out the commands that come up, one after the other, until it is stopped. `readable` are the s3:// addresses that
 * the node's role lets it read.
 */
export function serveAws(
  root: string,
  { outside, readable, log }: { outside: Outside; readable: string[]; log: (line: string) => void },
): AwsRequests {
  const stopping = new AbortController()
  const at = join(root, folder)
  const loop = async () => {
    while (!stopping.signal.aborted) {
      const names = await readdir(at).catch(() => [])
      for (const name of names.filter((one) => !one.startsWith('.')))
        await answer(join(at, name), outside, readable).catch((error) =>
          log(`A head node's aws: ${error.message}`),
        )
      await sleep(pollSeconds * 1000, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  const running = loop()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

async function answer(request: string, outside: Outside, readable: string[]): Promise<void> {
  if (await read(join(request, 'answer')).catch(() => undefined)) return
  const error = await carryOut(request, outside, readable).then(
    () => '',
    // As the AWS CLI words it: programs look for the name.
    ({ name, message }: Error) => `An error occurred (${name}) when calling the operation: ${message}`,
  )
  // Whole or not at all, as the program waits for the file to be there.
  await writeFile(join(request, '.answer'), error)
  await rename(join(request, '.answer'), join(request, 'answer'))
}

async function carryOut(request: string, { logs, script }: Outside, readable: string[]): Promise<void> {
  const [service, operation, ...options] = (await read(join(request, 'arguments'))).split('\0')
  const option = (name: string): string => options[options.indexOf(`--${name}`) + 1] ?? ''
  const [group, stream] = [option('log-group-name'), option('log-stream-name')]
  if (service === 'logs' && operation === 'create-log-stream') return logs.createStream(group, stream)
  if (service === 'logs' && operation === 'put-log-events')
    return logs.putEvents(group, stream, Events.parse(JSON.parse(await read(join(request, 'file')))))
  const address = options.find((one) => one.startsWith('s3://'))
  if (service === 's3' && operation === 'cp' && address && readable.includes(address)) {
    // The program copies it to where it was wanted: the site writes nothing of the cluster's but in this folder.
    await writeFile(join(request, 'output'), await script(address), { flag: 'wx' })
    return
  }
  throw new Error(`aws ${service} ${operation} is not carried out here`)
}

/** The cluster's root writes these files: a link in their place leads nowhere. */
async function read(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const { size } = await file.stat()
    if (size > mostBytes) throw new Error('the request is too large')
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}
