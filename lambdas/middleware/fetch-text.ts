// A document from the Internet, taken with limits: nobody there can hold a function up or fill its memory.
import { AppError } from '../../core/errors.ts'

const limitSeconds = 10

/** Throws `Unavailable` unless the address itself answers 200 with at most so many bytes. */
export async function fetchText(url: string, limitBytes: number): Promise<string> {
  try {
    // A redirect leads to what nobody configured.
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(limitSeconds * 1000) })
    if (answer.status !== 200) throw new Error(`it answered ${answer.status}`)
    return await textOf(answer, limitBytes)
  } catch (cause) {
    const { message, cause: deeper } = cause as Error
    const why = deeper instanceof Error ? deeper.message : message
    throw new AppError('Unavailable', `${url} could not be read: ${why}.`, { cause })
  }
}

async function textOf({ body }: Response, limitBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > limitBytes) throw new Error(`it is longer than ${limitBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
