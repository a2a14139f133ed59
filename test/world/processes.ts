// Requests, passes and sweeps as processes of their own: between two calls one may die, with nothing after it done and
// no `finally` run, or be held up while the world goes on, or have a clock that is wrong.

/** `before`: the call does nothing. `after`: it does what it should, and its answer is lost. */
export type Fault = { when: 'before' | 'after' } & (
  | { error: Error }
  /** The process ends here. Whoever waits for it learns it as from a Lambda function that crashed. */
  | { dies: true }
  /** The process stands still for this long. Whoever waits for it has the same done by a second one meanwhile. */
  | { heldSeconds: number }
)

export type Process = {
  /** Counted from 1; 0 stands for calls that belong to no process. */
  nth: number
  /** What comes to it before or after a call: it goes on, fails, dies or is held up. */
  meet: (fault: Fault | undefined) => Promise<void>
}

export const noProcess: Process = {
  nth: 0,
  meet: async (fault) => {
    if (!fault) return
    throw 'error' in fault ? fault.error : new Error('Only what is a process can die or be held up.')
  },
}

const never = new Promise<never>(() => {})

export function processes<Context>(now: () => number, contextOf: (process: Process) => Context) {
  const held: { at: number; goOn: () => Promise<unknown> }[] = []
  let started = 0
  let longest = 0

  /** Resolves once the work is over or held up; `lost` is told of a failure or death, whenever that comes. */
  function run(
    work: (context: Context) => Promise<unknown>,
    lost: (why: unknown) => void,
  ): Promise<'over' | 'held'> {
    let isDead = false
    let end = () => {}
    let pause = () => {}
    const over = new Promise<'over'>((resolve) => {
      end = () => resolve('over')
    })
    const stops = () => Promise.race([over, new Promise<'held'>((to) => (pause = () => to('held')))])
    async function meet(fault: Fault | undefined): Promise<void> {
      if (isDead) return never
      if (!fault) return
      if ('error' in fault) throw fault.error
      if ('dies' in fault) {
        isDead = true
        lost(new Error('the process died'))
        end()
        return never
      }
      longest = Math.max(longest, fault.heldSeconds)
      await new Promise<void>((resolve) => {
        const goOn = () => {
          const next = stops()
          resolve()
          return next
        }
        held.push({ at: now() + fault.heldSeconds * 1000, goOn })
        pause()
      })
    }
    const first = stops()
    work(contextOf({ nth: ++started, meet }))
      .catch(lost)
      .then(end)
    return first
  }
  /** `longest`: for how many seconds a process stood still so far. */
  return { run, held, count: () => started, longest: () => longest }
}
