// Ways in which an environment may differ from the example, for the tests that must hold for each.
import { Environment } from '../../lib/environment.ts'

type Change = (environment: Environment) => Environment
const change =
  (changes: object): Change =>
  (environment) =>
    Environment.parse({ ...environment, ...changes })

export const privateApi: Change = (environment) =>
  change({
    api: { ...environment.api, endpointType: 'PRIVATE', vpcEndpointIds: ['vpce-0aaaaaaaaaaaaaaaa'] },
  })(environment)
export const deletesOrphans = change({ sweepOrphans: 'delete' })
export const asImages = change({ packaging: 'image' })
export const awsKeys = change({ encryption: 'aws' })
