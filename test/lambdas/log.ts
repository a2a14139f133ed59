// What the functions log, caught before it is printed.
import { beforeEach, vi } from 'vitest'

/** The lines of the test that runs. */
export function caughtLog(): string[] {
  const log: string[] = []
  beforeEach(() => {
    log.length = 0
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, 'write').mockImplementation((text) => log.push(String(text)) > 0)
    return () => vi.restoreAllMocks()
  })
  return log
}

/** The metrics of the test that runs: Powertools writes them to a console of its own. */
export function caughtMetrics(): string[] {
  const lines: string[] = []
  beforeEach(() => {
    lines.length = 0
    const console = vi.spyOn(globalThis.console, 'log').mockImplementation((line) => lines.push(String(line)))
    const stream = vi
      .spyOn(process.stdout, 'write')
      .mockImplementation((text) => lines.push(String(text)) > 0)
    return () => {
      console.mockRestore()
      stream.mockRestore()
    }
  })
  return lines
}
