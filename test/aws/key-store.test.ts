// The object of the identity provider's keys: what is sent to S3, and what its answers mean.
import {
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, expect, it } from 'vitest'
import { keyStore } from '../../aws/key-store.ts'

const s3 = mockClient(S3Client)
const store = keyStore({ bucket: 'identity-keys', key: 'jwks.json' }, { region: 'eu-west-1' })
const object = { Bucket: 'identity-keys', Key: 'jwks.json' }
const failure = (name: string, $fault: 'client' | 'server') =>
  new S3ServiceException({ name, $fault, $metadata: {}, message: name })

beforeEach(() => {
  s3.reset()
})

it('reads the object', async () => {
  s3.on(GetObjectCommand, object).resolves({ Body: { transformToString: async () => 'keys' } as never })
  expect(await store.stored()).toBe('keys')
})

it('takes an object that is not there for no keys, and a refusal for what it is', async () => {
  s3.on(GetObjectCommand).rejectsOnce(new NoSuchKey({ $metadata: {}, message: 'none' }))
  expect(await store.stored()).toBeUndefined()
  s3.on(GetObjectCommand).rejects(failure('AccessDenied', 'client'))
  await expect(store.stored()).rejects.toMatchObject({ name: 'AccessDenied' })
})

it('writes the object and no other', async () => {
  s3.on(PutObjectCommand).resolves({})
  await store.store('keys')
  expect(s3.calls().map(({ args }) => args[0].input)).toEqual([
    { ...object, Body: 'keys', ContentType: 'application/jwk-set+json' },
  ])
})

it('calls what may succeed later Unavailable', async () => {
  s3.on(PutObjectCommand).rejects(failure('InternalError', 'server'))
  await expect(store.store('keys')).rejects.toMatchObject({ code: 'Unavailable' })
})
