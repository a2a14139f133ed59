// The public half of an OpenSSH private key. The format keeps it in the clear, before the secret part.
// https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key

/** One authorized_keys line without a comment. */
export function publicKeyOf(privateKey: string): string {
  const base64 = privateKey.match(/-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)-----END/)?.[1] ?? ''
  const key = Buffer.from(base64, 'base64')
  const magic = 'openssh-key-v1\0'
  if (key.subarray(0, magic.length).toString('latin1') !== magic)
    throw new Error('This is not an OpenSSH private key.')
  let offset = magic.length
  const next = (): Buffer => {
    const length = key.readUInt32BE(offset)
    offset += 4 + length
    return key.subarray(offset - length, offset)
  }
  next() // cipher
  next() // key derivation
  next() // its options
  offset += 4 // the number of keys
  const publicKey = next()
  const typeLength = publicKey.readUInt32BE(0)
  return `${publicKey.subarray(4, 4 + typeLength).toString('latin1')} ${publicKey.toString('base64')}`
}
