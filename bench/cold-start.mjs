// One cold start, in a process of its own: loads a bundle, answers one event, and prints the milliseconds from the
// start of the process to the answer. Usage: node cold-start.mjs BUNDLE EVENT
const [bundle, event] = process.argv.slice(2)
const log = console.log
console.log = () => {}
const { handler } = await import(bundle)
const answer = await handler(JSON.parse(event), { awsRequestId: 'cold-start', functionName: 'bench' })
if (answer.statusCode >= 300) throw new Error(answer.body)
log(JSON.stringify({ milliseconds: performance.now() }))
process.exit(0)
