// The roles of the example environment's functions, and the ARNs that they are asked about.
import { deploy, statementsOf } from './deployed.ts'
import { evaluate } from './iam.ts'

export const example = deploy('example')
export const { account } = example
const { one } = example
export const arn = (service: string, resource: string) =>
  `arn:aws:${service}:eu-west-1:${account}:${resource}`
export const physical = (type: string, path: string) =>
  `hpc-provisioner-example-service-${one(type, path).id}-ABCDEFGHIJKL`

/** Whether a function may do something. */
export const functionRole = (id: string) => {
  const statements = statementsOf(example, `Functions/${id}Role`)
  return (action: string, resource: string, context: Record<string, string> = {}) =>
    evaluate(statements, { action, resource, context }) === 'allowed'
}
