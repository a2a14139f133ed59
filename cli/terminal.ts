// What the commands see of the world around them, so that tests can stand in for a person, a clock and a screen.
import { createInterface } from 'node:readline/promises'
import { setTimeout as delay } from 'node:timers/promises'

export type Terminal = {
  env: Readonly<Record<string, string | undefined>>
  cwd: string
  /** Answers go to `out`, for pipes; what is said to a person goes to `err`. */
  out: (text: string) => void
  err: (text: string) => void
  /** Whether somebody is there to answer a question. */
  canAsk: boolean
  ask: (question: string) => Promise<string>
  /** Whether a line on `err` can be drawn again. */
  canRedraw: boolean
  now: () => Date
  sleep: (seconds: number) => Promise<void>
  exitStatus: number
}

export const processTerminal = (): Terminal => ({
  env: process.env,
  cwd: process.cwd(),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  canAsk: process.stdin.isTTY === true,
  ask: async (question) => {
    const prompt = createInterface({ input: process.stdin, output: process.stderr })
    // The end of the input, Ctrl-D, is an empty answer.
    const ended = new Promise<string>((resolve) => prompt.once('close', () => resolve('')))
    return Promise.race([prompt.question(question), ended]).finally(() => prompt.close())
  },
  canRedraw: process.stderr.isTTY === true,
  now: () => new Date(),
  sleep: (seconds) => delay(seconds * 1000),
  exitStatus: 0,
})
