// An error, told to whoever called: a sentence for people, the API's JSON for programs, and an exit status.
import { AppError, isAppError } from '../core/errors.ts'
import { exitStatusOf } from './exit-status.ts'
import { printable } from './output.ts'
import { refusalOf } from './refusal.ts'
import type { Terminal } from './terminal.ts'

export function reportError(error: unknown, terminal: Terminal, asJson: boolean): number {
  const known = isAppError(error)
    ? error
    : new AppError('Internal', error instanceof Error ? error.message : String(error))
  const requestId = refusalOf(known)?.requestId
  terminal.err(asJson ? inJson(known, requestId) : inWords(known, requestId))
  return exitStatusOf(known.code)
}

const inJson = ({ code, message, details }: AppError, requestId = ''): string =>
  `${JSON.stringify({ code, message, requestId, ...(details ? { details } : {}) })}\n`

function inWords({ code, message, details = [], retryAfterSeconds }: AppError, requestId?: string): string {
  const lines = [
    `${code}: ${message}`,
    // Most messages say them already.
    ...details
      .filter((detail) => !message.includes(detail.message))
      .map(({ path, message }) => `  ${path}: ${message}`),
    ...(retryAfterSeconds ? [`Ask again in ${retryAfterSeconds} seconds.`] : []),
    ...(requestId ? [`Request: ${requestId}`] : []),
  ]
  return lines.map((line) => `${printable(line)}\n`).join('')
}
