// Whether a deployment is this environment's. Another one of the same account gives the same names and tags, and CloudFormation's
// events tell of its stacks too. Our history begins with the first record, in one transaction, and is never removed.
import type { Cloud } from './cloud.ts'
import type { Deployment } from './names.ts'

export async function hasHistory(cloud: Cloud, { name, deploymentId }: Deployment): Promise<boolean> {
  let cursor: string | undefined
  do {
    const page = await cloud.listEvents({ name, limit: 100, cursor })
    if (page.items.some((event) => event.deploymentId === deploymentId)) return true
    cursor = page.cursor
  } while (cursor)
  return false
}
