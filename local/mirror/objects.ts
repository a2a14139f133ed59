// The objects of a bucket, as far as a mirror needs them.
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { RemoteObject } from './plan.ts'

export type Objects = {
  list(bucket: string, prefix: string): Promise<Map<string, RemoteObject & { size: number }>>
  /** Undefined where there is none any more. */
  get(bucket: string, key: string): Promise<{ content: Uint8Array; object: RemoteObject } | undefined>
  put(bucket: string, key: string, content: Uint8Array): Promise<RemoteObject>
  remove(bucket: string, key: string): Promise<void>
}

export const s3Objects = (client: S3Client): Objects => ({
  list: async (Bucket, Prefix) => {
    const found = new Map<string, RemoteObject & { size: number }>()
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix }))
      for (const { Key = '', ETag = '', LastModified, Size = 0 } of Contents)
        found.set(Key, { etag: ETag, modified: LastModified?.getTime() ?? 0, size: Size })
    return found
  },
  get: async (Bucket, Key) => {
    const answer = await client.send(new GetObjectCommand({ Bucket, Key })).catch((error) => {
      if (error.name === 'NoSuchKey') return undefined
      throw error
    })
    if (!answer?.Body) return undefined
    return {
      content: await answer.Body.transformToByteArray(),
      object: { etag: answer.ETag ?? '', modified: answer.LastModified?.getTime() ?? 0 },
    }
  },
  put: async (Bucket, Key, Body) => {
    const { ETag = '' } = await client.send(new PutObjectCommand({ Bucket, Key, Body }))
    return { etag: ETag, modified: Date.now() }
  },
  remove: async (Bucket, Key) => {
    await client.send(new DeleteObjectCommand({ Bucket, Key }))
  },
})
