// Keys that OpenSSH itself reads, minted secret first.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { keyPair, mintKeys, removeKeys } from '../../core/keys.ts'
import { aWish } from '../wishes.ts'
import { makeWorld } from '../world.ts'

const hasSshKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined
if (!hasSshKeygen) console.warn('keys.test.ts: there is no ssh-keygen here, so no key was read by it')

const of = { ...aWish, name: 'hpc-a-0123456789abcde', deploymentId: '01k0abcdefghjkmnpqrstvwxyz' }

describe('a key pair', () => {
  it.runIf(hasSshKeygen)(
    'is read by ssh-keygen, which finds the public half in the private one',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'keys-'))
      try {
        for (const fill of [0, 1, 127, 255]) {
          const { publicKey, privateKey } = await keyPair(new Uint8Array(32).fill(fill), 'sim@hpc-a')
          const file = join(folder, String(fill))
          writeFileSync(file, privateKey, { mode: 0o600 })
          const read = execFileSync('ssh-keygen', ['-y', '-P', '', '-f', file], { encoding: 'utf8' })
          expect(read.trim()).toBe(publicKey.trim())
          expect(read).toMatch(/^ssh-ed25519 /)
        }
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )

  it('is an OpenSSH file and nothing else', async () => {
    const { privateKey, publicKey } = await keyPair(new Uint8Array(32).fill(7), 'sim@hpc-a')
    expect(privateKey).toMatch(
      /^-----BEGIN OPENSSH PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+-----END OPENSSH PRIVATE KEY-----\n$/,
    )
    expect(publicKey).toMatch(/^ssh-ed25519 [A-Za-z0-9+/=]{68} sim@hpc-a\n?$/)
  })

  it('is another one for another seed', async () => {
    const of = async (fill: number) => (await keyPair(new Uint8Array(32).fill(fill), '')).publicKey
    expect(await of(1)).not.toBe(await of(2))
  })
})

describe('minting', () => {
  it('stores the private half of the admin before EC2 hears of the public one', async () => {
    const world = makeWorld()
    await mintKeys(world.context.cloud, of, 'test')
    const calls = world.calls.map(({ name }) => name)
    expect(calls).toEqual(['createSecret', 'createSecret', 'importKeyPair'])
  })

  it('imports no key whose private half could not be stored', async () => {
    const world = makeWorld()
    world.fault = ({ name }) =>
      name === 'createSecret' ? { when: 'before', error: new Error('no') } : undefined
    await expect(mintKeys(world.context.cloud, of, 'test')).rejects.toThrow()
    expect(world.keyPairs.size).toBe(0)
  })

  it('leaves no call running behind its caller when one fails', async () => {
    const world = makeWorld()
    world.fault = ({ nth }) => (nth === 1 ? { when: 'before', error: new Error('no') } : undefined)
    await expect(mintKeys(world.context.cloud, of, 'test')).rejects.toThrow()
    const made = [world.secrets.size, world.keyPairs.size]
    await new Promise(setImmediate)
    expect([world.secrets.size, world.keyPairs.size]).toEqual(made)
  })

  it('makes two different pairs and is undone completely', async () => {
    const world = makeWorld()
    const keys = await mintKeys(world.context.cloud, of, 'test')
    expect(keys.userSecretArn).not.toBe(keys.adminSecretArn)
    expect(new Set([...world.secrets.values()].map(({ value }) => value)).size).toBe(2)
    expect([...world.keyPairs.values()][0]).not.toContain(keys.userPublicKey)
    await removeKeys(world.context.cloud, of)
    await removeKeys(world.context.cloud, of)
    expect(world.secrets.size + world.keyPairs.size).toBe(0)
  })
})
