// What the local site reads of the REST API in a configuration, and how new keys come to a cluster.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfiguration } from '../../local/slurm/configuration.ts'
import type { RunThere } from '../../local/slurm/daemons.ts'
import { layoutAt } from '../../local/slurm/layout.ts'
import { leftOutSettings } from '../../local/slurm/slurm-conf.ts'
import { apiPlugins, authAltLines, bringKeys, slurmRestOf, watchKeys } from '../../local/slurm/slurm-rest.ts'
import { oneAtATime } from '../../local/slurm/turn.ts'
import { aConfiguration } from './fixtures.ts'

const keysUrl = 's3://identity-keys/jwks.json'

function configuration(
  scripts: object[] = [{ Script: 's3://scripts/0a1b.sh', Args: [keysUrl, 'us-east-1'] }],
) {
  const { HeadNode, Scheduling } = aConfiguration() as { HeadNode: object; Scheduling: object }
  const CustomSlurmSettings = [
    { AuthAltTypes: 'auth/jwt' },
    { AuthAltParameters: 'jwks=/opt/slurm/etc/jwks.json,userclaimfield=login' },
  ]
  return readConfiguration(
    aConfiguration({
      HeadNode: { ...HeadNode, CustomActions: { OnNodeStart: { Sequence: scripts } } },
      Scheduling: { ...Scheduling, SlurmSettings: { CustomSlurmSettings } },
    }),
  )
}

describe('a configuration', () => {
  it('tells where the keys are and which claim names the user', () => {
    expect(slurmRestOf(configuration())).toEqual({ keysUrl, userClaimField: 'login' })
    expect(leftOutSettings(configuration())).toEqual([])
  })

  it('may have no REST API', () => {
    expect(slurmRestOf(readConfiguration(aConfiguration()))).toBeUndefined()
  })

  it('that names keys which nobody brings is refused', () => {
    expect(() => slurmRestOf(configuration([]))).toThrow(/no OnNodeStart script/)
  })
})

it('slurm.conf and slurmdbd.conf have the same lines', () => {
  expect(authAltLines('/etc/slurm/jwks.json', 'sun')).toEqual([
    'AuthAltTypes=auth/jwt',
    'AuthAltParameters=jwks=/etc/slurm/jwks.json,userclaimfield=sun',
  ])
})

it.each([
  ['22.05', 'openapi/dbv0.0.38\nopenapi/v0.0.38\n', ['openapi/v0.0.38']],
  ['23.11', 'slurmrestd: openapi/slurmctld\nslurmrestd: openapi/slurmdbd\n', ['openapi/slurmctld']],
])('Slurm %s without accounting has the plugins that live without slurmdbd', (_, listed, plugins) => {
  expect(apiPlugins(listed, false)).toEqual(plugins)
  expect(apiPlugins(listed, true)).toHaveLength(2)
})

describe('keys', () => {
  let root = ''
  let published = 'first'
  const ran: string[] = []
  let startsWith = (_keys: string) => true
  const stored = () => readFileSync(layoutAt(root).jwks, 'utf8')
  const runThere: RunThere = async (program) => {
    if (program === '/bin/bash') ran.push('stop')
    if (program === 'slurmctld') {
      ran.push(`start with ${stored()}`)
      if (!startsWith(stored())) throw new Error('fatal')
    }
    return program === 'scontrol' ? 'Slurmctld(primary) at here is UP' : ''
  }
  const outside = {
    secret: async () => '',
    logs: { createStream: async () => {}, putEvents: async () => {} },
    subnetCidr: async () => '',
    accessPoint: async () => ({ fileSystemId: '', rootDirectory: '/' }),
    script: async () => {
      if (published === 'away') throw new Error('away')
      return published
    },
  }
  const log: string[] = []
  const watch = () =>
    watchKeys({
      ...{ name: 'hpc-a', root, keysUrl, outside, inTurn: oneAtATime(), pollSeconds: 0.01 },
      log: (line) => log.push(line),
      daemons: { layout: layoutAt(root), runThere, signal: new AbortController().signal, accounts: 'own' },
    })
  const until = async (isSo: () => boolean) => {
    for (let tries = 0; !isSo() && tries < 500; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect(isSo()).toBe(true)
  }

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'hpc-keys-'))
    mkdirSync(join(root, 'etc/slurm'), { recursive: true })
    published = 'first'
    startsWith = () => true
    ran.length = 0
    log.length = 0
    await bringKeys({ root, keysUrl, outside })
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  it('that cannot be read fail the boot, and say so', async () => {
    published = 'away'
    await expect(bringKeys({ root, keysUrl, outside })).rejects.toThrow(
      `keys ${keysUrl} could not be read: away`,
    )
  })

  it('that changed start slurmctld again, once', async () => {
    const stop = watch()
    published = 'away'
    await new Promise((resolve) => setTimeout(resolve, 50))
    published = 'second'
    await until(() => log.length > 0)
    await stop()
    expect(ran).toEqual(['stop', 'start with second'])
    expect(log).toEqual([expect.stringContaining('jobs run on')])
  })

  it('with which slurmctld does not start give way to the ones of before, and are not tried again', async () => {
    startsWith = (keys) => keys !== 'bad'
    const stop = watch()
    published = 'bad'
    await until(() => log.length > 0)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await stop()
    expect(ran).toEqual(['stop', 'start with bad', 'start with first'])
    expect(stored()).toBe('first')
    expect(log).toEqual([expect.stringContaining('slurmctld refused')])
  })

  it('are looked for no more once the cluster goes', async () => {
    await watch()()
    published = 'second'
    writeFileSync(layoutAt(root).jwks, 'mine')
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect([stored(), ran]).toEqual(['mine', []])
  })
})

it('work on daemons is done one after the other, and goes on after a failure', async () => {
  const inTurn = oneAtATime()
  const done: string[] = []
  const slow = inTurn(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    done.push('slow')
  })
  const failing = inTurn(async () => {
    throw new Error('no')
  })
  const quick = inTurn(async () => {
    done.push('quick')
  })
  await expect(failing).rejects.toThrow('no')
  await Promise.all([slow, quick])
  expect(done).toEqual(['slow', 'quick'])
})
