// Requests, passes and sweeps as processes of their own: between two calls one may die, with nothing after it done and
// no `finally` run, or be held up while the world goes on, or have a clock that is wrong.
import { AsyncLocalStorage } from 'node:async_hooks'

/** `before`: the call does nothing. `after`: it does what it should, and its answer is lost. */
export type Fault = { when: 'before' | 'after' } & (
  | { error: Error }
  /** The process ends here. Whoever waits for it learns it as from a Lambda function that crashed. */
  | { dies: true }
  /** The process stands still for this long. Whoever waits for it has the same done by a second one meanwhile. */
  | { heldSeconds: number }
)

type Process = {
  nth: number
  isDead: boolean
  die: () => void
  pause: () => void
  /** Until it is over or held up, from now on. */
  stops: () => Promise<'over' | 'held'>
}

export function processes(now: () => number) {
  const here = new AsyncLocalStorage<Process>()
  const held: { at: number; goOn: () => Promise<unknown> }[] = []
  let started = 0

  /** Resolves once the work is over or held up; `lost` is told of a failure or death, whenever that comes. */
  function run(work: () => Promise<unknown>, lost: (why: unknown) => void): Promise<'over' | 'held'> {
    let end: () => void = () => {}
    const over = new Promise<'over'>((resolve) => {
      end = () => resolve('over')
    })
    const process: Process = {
      nth: ++started,
      isDead: false,
      die: () => {
        process.isDead = true
        lost(new Error('the process died'))
        end()
      },
      pause: () => {},
      stops: () =>
        Promise.race([
          over,
          new Promise<'held'>((resolve) => {
            process.pause = () => resolve('held')
          }),
        ]),
    }
    const stops = process.stops()
    here.run(process, work).catch(lost).then(end)
    return stops
  }

  /** What comes to a process before or after a call: it goes on, fails, dies or is held up. */
  async function meet(fault: Fault | undefined): Promise<void> {
    const process = here.getStore()
    if (process?.isDead) return never
    if (!fault) return
    if ('error' in fault) throw fault.error
    if (!process) throw new Error('Only what was started by `run` can die or be held up.')
    if ('dies' in fault) {
      process.die()
      return never
    }
    await new Promise<void>((resolve) => {
      const goOn = () => {
        const stops = process.stops()
        resolve()
        return stops
      }
      held.push({ at: now() + fault.heldSeconds * 1000, goOn })
      process.pause()
    })
  }
  return { run, meet, held, current: () => here.getStore()?.nth ?? 0, count: () => started }
}

const never = new Promise<never>(() => {})
