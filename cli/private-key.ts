// A cluster's private key: from Secrets Manager into a folder that only this user can open. It is never printed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../core/errors.ts'
import type { Settings } from './settings.ts'

export async function fetchPrivateKey(secretArn: string, settings: Settings): Promise<string> {
  const { region, credentials, endpointUrl } = settings
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager')
  const secrets = new SecretsManagerClient({
    region,
    ...(credentials ? { credentials } : {}),
    ...(endpointUrl ? { endpoint: endpointUrl } : {}),
  })
  try {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }))
    if (SecretString) return SecretString
  } catch (error) {
    throw unreadable(secretArn, error as Error)
  } finally {
    secrets.destroy()
  }
  throw new AppError('Unavailable', `The secret ${secretArn} is empty.`)
}

function unreadable(secretArn: string, cause: Error): AppError {
  const code = cause.name === 'AccessDeniedException' ? 'Forbidden' : 'Unavailable'
  const why = cause.message || cause.name
  return new AppError(code, `The key in ${secretArn} cannot be read: ${why}`, { cause })
}

export type KeyFolder = { keyFile: string; knownHostsFile: string; remove: () => void }

export function keyFolder(privateKey: string): KeyFolder {
  // Mode 0700, from mkdtemp(3).
  const folder = mkdtempSync(join(tmpdir(), 'hpc-provisioner-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const keyFile = join(folder, 'key')
  try {
    // ssh takes a key without its last newline for a broken one.
    writeFileSync(keyFile, `${privateKey.trimEnd()}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    remove()
    throw error
  }
  return { keyFile, knownHostsFile: join(folder, 'known_hosts'), remove }
}
