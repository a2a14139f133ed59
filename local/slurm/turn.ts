// One piece of work at a time on a cluster's daemons, in the order in which they were asked for.
export type InTurn = (work: () => Promise<void>) => Promise<void>

export function oneAtATime(): InTurn {
  let last = Promise.resolve()
  return (work) => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }
}
