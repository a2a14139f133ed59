// The emulator sends no Delete for a cluster whose stack is deleted while it is still being built, so the stack is
// watched meanwhile.
import type { Daemon } from './create.ts'

/** Aborts when the stack is on its way out. Answers how to stop watching. */
export function watchDeletion(daemon: Daemon, stackId: string, abort: AbortController): () => void {
  const timer = setInterval(() => abortIfLeaving(daemon, stackId, abort), daemon.pollSeconds * 1000)
  return () => clearInterval(timer)
}

export async function abortIfLeaving(
  { stacks }: Daemon,
  stackId: string,
  abort: AbortController,
): Promise<void> {
  // An emulator that does not answer for a moment says nothing about the stack.
  const stack = await stacks.find(stackId).catch(() => 'unknown' as const)
  if (stack === 'unknown' || abort.signal.aborted) return
  if (!stack || isLeaving(stack.status)) abort.abort(new Error('cancelled, because its stack was deleted'))
}

export const isLeaving = (status: string): boolean => /^(DELETE_|ROLLBACK_)/.test(status)
