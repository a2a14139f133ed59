// The function behind the local ServiceToken: it passes CloudFormation's event on to the provider's daemon, which
// answers to the event's ResponseURL itself when the cluster is built or gone. Bundled; nothing but fetch.
type Event = {
  RequestType?: string
  ResponseURL?: string
  StackId?: string
  RequestId?: string
  LogicalResourceId?: string
  PhysicalResourceId?: string
  ResourceProperties?: { ClusterName?: string }
}

export async function handler(event: Event): Promise<void> {
  // One line per call: a handler that prints nothing waits 50 ms in the emulator.
  console.log(
    JSON.stringify({ requestType: event.RequestType, clusterName: event.ResourceProperties?.ClusterName }),
  )
  const refusal = await forward(event)
  if (refusal) await answerFailed(event, refusal)
}

const [tries, pauseMilliseconds] = [5, 1500]

/** Why the daemon did not take the event, undefined when it did. One that is being started again gets some seconds. */
async function forward(event: Event): Promise<string | undefined> {
  const { PROVIDER_URL: url = '', PROVIDER_TOKEN: token = '' } = process.env
  for (let left = tries; left > 0; left--) {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        body: JSON.stringify(event),
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(3000),
      })
      return answer.ok ? undefined : `The local ParallelCluster provider at ${url} answered ${answer.status}.`
    } catch {
      if (left > 1) await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds))
    }
  }
  return `The local ParallelCluster provider at ${url || '(no PROVIDER_URL)'} does not answer: is npm start running?`
}

async function answerFailed(event: Event, reason: string): Promise<void> {
  console.log(JSON.stringify({ reason }))
  await fetch(event.ResponseURL ?? '', {
    method: 'PUT',
    body: JSON.stringify({
      Status: 'FAILED',
      Reason: reason,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
      PhysicalResourceId:
        event.PhysicalResourceId ?? event.ResourceProperties?.ClusterName ?? event.RequestId,
    }),
  })
}
