// One request at a time for each cluster.
export type Turns = {
  /** Does the work when all earlier work for the name is done. Never rejects. */
  take(name: string, work: () => Promise<void>): Promise<void>
  /** Resolves when everything taken so far is done. */
  done(): Promise<void>
}

export function turns(log: (line: string) => void): Turns {
  const lastOf = new Map<string, Promise<void>>()
  return {
    take: (name, work) => {
      const turn = (lastOf.get(name) ?? Promise.resolve())
        .then(work)
        .catch((error) => log(`${name}: ${error.message}`))
      lastOf.set(name, turn)
      return turn
    },
    done: async () => {
      await Promise.all(lastOf.values())
    },
  }
}
