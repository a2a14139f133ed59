// ED25519 key pairs in OpenSSH's format, and the minting of a deployment's two.
import { createPrivateKey, createPublicKey } from 'node:crypto'
import type { Cloud } from './cloud.ts'
import type { Keys } from './cluster.ts'
import { type Deployment, keyPairName, ownerTags, secretName, type Tenant } from './names.ts'

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

const keyBlob = (publicKey: string): string => publicKey.split(' ').slice(0, 2).join(' ')

/**
 * Makes the two key pairs of a deployment. A private half is stored before anyone trusts its public half, so a
 * crash never leaves a key that nobody holds.
 */
export async function mintKeys(cloud: Cloud, of: Tenant & Deployment): Promise<Keys> {
  const tags = ownerTags(of)
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
  return {
    userSecretArn,
    adminSecretArn,
    userPublicKey: keyBlob(user.publicKey),
    adminPublicKey: keyBlob(admin.publicKey),
  }
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
