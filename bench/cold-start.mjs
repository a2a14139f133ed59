// One cold start, in a process of its own: loads a bundle, answers one event, and prints the milliseconds from the
// start of the process to the answer, after what the function logs. Usage: node cold-start.mjs BUNDLE EVENT
const [bundle, event] = process.argv.slice(2)
const { handler } = await import(bundle)
const answer = await handler(JSON.parse(event), { awsRequestId: 'cold-start', functionName: 'bench' })
const milliseconds = performance.now()
if (answer.statusCode >= 300) throw new Error(answer.body)
console.log(JSON.stringify({ milliseconds }))
process.exit(0)
