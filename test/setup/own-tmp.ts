// Whatever a run leaves among the temporary files goes with it.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export default function setup(): () => void {
  const before = process.env.TMPDIR
  // Short: sockets lie below it, and a socket's path has at most 107 characters.
  const own = mkdtempSync(join(tmpdir(), 't-'))
  // Daemons of other users write there too, as to the machine's own.
  chmodSync(own, 0o1777)
  process.env.TMPDIR = own
  return () => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    rmSync(own, { recursive: true, force: true })
  }
}
