// For tests of thousands of worlds: their seeds are the same each time, and making keys of them takes all the time.
type Ssh = typeof import('micro-key-producer/ssh.js')

export async function rememberedKeys(original: () => Promise<Ssh>): Promise<Ssh> {
  const { default: make, ...rest } = await original()
  const made = new Map<string, ReturnType<typeof make>>()
  const remembered: typeof make = (seed, comment) => {
    const key = `${seed} ${comment}`
    const pair = made.get(key) ?? make(seed, comment)
    made.set(key, pair)
    return pair
  }
  return { ...rest, default: remembered }
}
