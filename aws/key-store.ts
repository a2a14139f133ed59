// The identity provider's keys in S3: one object, which clusters read.
import { GetObjectCommand, PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import type { KeyPlaces } from '../core/jwks/refresh.ts'
import { isNamed, sending } from './errors.ts'

export type KeyObject = { bucket: string; key: string }

export function keyStore(
  { bucket, key }: KeyObject,
  config: S3ClientConfig = {},
): Pick<KeyPlaces, 'stored' | 'store'> {
  const client = new S3Client(config)
  const object = { Bucket: bucket, Key: key }
  return {
    async stored() {
      try {
        const { Body } = await sending(client.send(new GetObjectCommand(object)))
        return await Body?.transformToString()
      } catch (error) {
        if (isNamed(error, 'NoSuchKey')) return undefined
        throw error
      }
    },

    async store(text) {
      await sending(
        client.send(new PutObjectCommand({ ...object, Body: text, ContentType: 'application/jwk-set+json' })),
      )
    },
  }
}
