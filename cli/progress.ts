// What a person sees while waiting: one line that changes on a screen, a line for each change in a log.
import { clock } from './output.ts'
import type { Terminal } from './terminal.ts'
import type { Look } from './wait-for.ts'

const clearLine = '\r\u001b[K'

export function progressOf({ canRedraw, err }: Terminal, name: string) {
  let last: string | undefined
  return {
    show({ status, ahead, elapsedSeconds }: Look): void {
      const turn = ahead === undefined ? '' : `, ${ahead} before it`
      const words = status ? `${status}${turn}` : 'the API does not answer'
      const line = `${name}  ${words}  ${clock(elapsedSeconds)}`
      if (canRedraw) err(`${clearLine}${line}`)
      else if (words !== last) err(`${line}\n`)
      last = words
    },
    /** What is said next starts on a line of its own. */
    end(): void {
      if (canRedraw && last !== undefined) err('\n')
    },
  }
}
