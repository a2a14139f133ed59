// CloudFormation's request to a custom resource, and the answer that it waits for.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
import * as z from '../../core/zod.ts'

/** The properties of Custom::PclusterCluster; others are passed on to ParallelCluster and mean nothing here. */
export const Properties = z.looseObject({
  ClusterName: z
    .string()
    .check(
      z.regex(
        /^[a-zA-Z][a-zA-Z0-9-]{0,59}$/,
        'must start with a letter and hold at most 60 letters, digits or "-"',
      ),
    ),
  ClusterConfiguration: z._default(z.record(z.string(), z.unknown()), {}),
  DeletionPolicy: z._default(z.enum(['Delete', 'Retain']), 'Delete'),
})
export type Properties = z.infer<typeof Properties>

export const CustomResourceEvent = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.optional(z.string()),
  ResourceProperties: z.record(z.string(), z.unknown()),
  OldResourceProperties: z.optional(z.record(z.string(), z.unknown())),
})
export type CustomResourceEvent = z.infer<typeof CustomResourceEvent>

export type Answer = {
  Status: 'SUCCESS' | 'FAILED'
  Reason?: string
  PhysicalResourceId: string
  Data?: Record<string, string>
}

/** Sends the answer; CloudFormation takes the first. Repeats when nobody listens for a moment. */
export async function sendAnswer(event: CustomResourceEvent, answer: Answer): Promise<void> {
  const { StackId, RequestId, LogicalResourceId } = event
  const body = JSON.stringify({ ...answer, StackId, RequestId, LogicalResourceId })
  for (let attempt = 1; ; attempt += 1) {
    const delivered = await fetch(event.ResponseURL, { method: 'PUT', body }).then(
      (response) => response.ok,
      () => false,
    )
    if (delivered) return
    if (attempt === 5) throw new Error(`The answer for ${answer.PhysicalResourceId} could not be delivered.`)
    await new Promise((resolve) => setTimeout(resolve, attempt * 200))
  }
}
