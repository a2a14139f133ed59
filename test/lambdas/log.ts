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
