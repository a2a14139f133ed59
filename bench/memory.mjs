// The memory of one function, in a process of its own: after its first answer, and after many more. Prints megabytes.
// Usage: node --expose-gc memory.mjs BUNDLE EVENT REQUESTS
const [bundle, event, requests] = process.argv.slice(2)
// What it logs would fill the pipe that the figures come by.
const print = process.stdout.write.bind(process.stdout)
process.stdout.write = () => true
const { handler } = await import(bundle)
const ask = () => handler(JSON.parse(event), { awsRequestId: 'memory', functionName: 'bench' })
const megabytes = () => {
  globalThis.gc()
  return process.memoryUsage.rss() / 2 ** 20
}
await ask()
const rest = megabytes()
for (let i = 0; i < Number(requests); i++) await ask()
print(`${JSON.stringify({ rest, after: megabytes() })}\n`, () => process.exit(0))
