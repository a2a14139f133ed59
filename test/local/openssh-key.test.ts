// The public half of a key is read off the private one.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { publicKeyOf } from '../../local/provider/openssh-key.ts'

it('the public key is the one that ssh-keygen made with the private one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hpc-test-'))
  try {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(folder, 'key')])
    const publicKey = readFileSync(join(folder, 'key.pub'), 'utf8').trim()
    expect(publicKeyOf(readFileSync(join(folder, 'key'), 'utf8'))).toBe(publicKey)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('what is not an OpenSSH private key is refused', () => {
  expect(() => publicKeyOf('-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----')).toThrow(
    /OpenSSH/,
  )
})
