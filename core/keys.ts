// ED25519 key pairs in OpenSSH's format, and the minting of a deployment's two.
import { createPrivateKey, createPublicKey } from 'node:crypto'
import type { Cloud } from './cloud.ts'
import type { Keys } from './cluster.ts'
import { type Deployment, keyPairName, ownerTags, secretName, siteTag, type Tenant } from './names.ts'
import type { KeyOwner, Pairs } from './rotation.ts'

export type KeyPair = {
  /** One authorized_keys line. */
  publicKey: string
  /** The text of an OpenSSH private key file, unencrypted. */
  privateKey: string
}

/** The key pair of a 32-byte seed, which is what an ED25519 private key is. The same seed makes the same files. */
export async function keyPair(seed: Uint8Array, comment: string): Promise<KeyPair> {
  // Only a create pays for loading the format.
  const { formatPublicKey, PrivateExport } = await import('micro-key-producer/ssh.js')
  const pubKey = publicHalf(seed)
  // Two equal numbers, by which a reader of an encrypted file would know that its password is right.
  const check = pubKey.slice(0, 4)
  const privKey = { check1: check, check2: check, pubKey, privKey: concat(seed, pubKey), comment }
  return {
    publicKey: formatPublicKey(pubKey, comment),
    privateKey: PrivateExport.encode({ keys: [{ pubKey: { pubKey }, privKey }] }),
  }
}

// RFC 8410: what stands before the seed in a PKCS #8 file. The public half ends its own file.
const pkcs8 = Uint8Array.from([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32])

/** By Node's crypto: the library of the format takes ten times as long, and a hundred times for the first key. */
function publicHalf(seed: Uint8Array): Uint8Array {
  const key = { key: Buffer.from(concat(pkcs8, seed)), format: 'der', type: 'pkcs8' } as const
  return Uint8Array.from(
    createPublicKey(createPrivateKey(key)).export({ format: 'der', type: 'spki' }).subarray(-32),
  )
}

const concat = (a: Uint8Array, b: Uint8Array): Uint8Array => Uint8Array.from([...a, ...b])

/** Keys have no stack whose history tells of which environment they are. */
export const keyTags = (of: Tenant & Deployment, site: string) => ({ ...ownerTags(of), [siteTag]: site })

const keyBlob = (publicKey: string): string => publicKey.split(' ').slice(0, 2).join(' ')

/**
 * Makes the two key pairs of a deployment. A private half is stored before anyone trusts its public half, so a
 * crash never leaves a key that nobody holds.
 */
export async function mintKeys(cloud: Cloud, of: Tenant & Deployment, site: string): Promise<Keys> {
  const tags = keyTags(of, site)
  const user = await keyPair(cloud.newSeed(), `sim@${of.name}`)
  const admin = await keyPair(cloud.newSeed(), `admin@${of.name}`)
  const adminStored = async () => {
    const arn = await cloud.createSecret(secretName(of, 'admin'), admin.privateKey, tags)
    await cloud.importKeyPair(keyPairName(of), admin.publicKey, tags)
    return arn
  }
  const [userSecretArn, adminSecretArn] = await allOrFirstError([
    cloud.createSecret(secretName(of, 'user'), user.privateKey, tags),
    adminStored(),
  ])
  const userPublicKey = keyBlob(user.publicKey)
  const current = {
    user: { secretArn: userSecretArn, publicKey: userPublicKey },
    admin: { secretArn: adminSecretArn, publicKey: keyBlob(admin.publicKey) },
  }
  return { userSecretArn, adminSecretArn, userPublicKey, current }
}

/** Makes the pairs of a rotation: secrets only, since EC2's key pair has done its part when the head node was launched. */
export async function mintPairs(
  cloud: Cloud,
  of: Tenant & Deployment,
  owners: KeyOwner[],
  { rotationId, site }: { rotationId: string; site: string },
): Promise<Pairs> {
  const tags = keyTags(of, site)
  const login = { user: 'sim', admin: 'admin' }
  const minted = owners.map(async (owner) => {
    const pair = await keyPair(cloud.newSeed(), `${login[owner]}@${of.name}`)
    const secretArn = await cloud.createSecret(secretName(of, owner, rotationId), pair.privateKey, tags)
    return [owner, { rotationId, secretArn, publicKey: keyBlob(pair.publicKey) }] as const
  })
  return Object.fromEntries(await allOrFirstError(minted))
}

/** Removes whatever there is of the secrets of these rotations. */
export async function removePairs(cloud: Cloud, of: Deployment, rotationIds: string[]): Promise<void> {
  const names = rotationIds.flatMap((id) => [secretName(of, 'user', id), secretName(of, 'admin', id)])
  await allOrFirstError(names.map((name) => cloud.deleteSecret(name)))
}

/** Removes whatever there is of a deployment's keys. */
export async function removeKeys(cloud: Cloud, of: Deployment): Promise<void> {
  await allOrFirstError([
    cloud.deleteKeyPair(keyPairName(of)),
    cloud.deleteSecret(secretName(of, 'user')),
    cloud.deleteSecret(secretName(of, 'admin')),
  ])
}

// Unlike Promise.all it leaves no call running behind the caller's back.
async function allOrFirstError<T extends readonly unknown[]>(
  calls: {
    [K in keyof T]: Promise<T[K]>
  },
): Promise<T> {
  const settled = await Promise.allSettled(calls)
  for (const one of settled) if (one.status === 'rejected') throw one.reason
  return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value) as unknown as T
}
