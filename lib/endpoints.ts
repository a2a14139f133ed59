// The AWS services that are reached from within the private VPC, each with its reason: what has none here does not
// answer there. "User guide" is ParallelCluster's, "AWS ParallelCluster in a single subnet with no internet access".
import type { gatewayServices } from '../core/preflight/gateways.ts'

/** Interface endpoints by the last part of their service's name: who calls it, and what for. */
export const interfaceEndpoints = {
  logs: 'every node sends its logs (user guide); so do functions in the VPC',
  cloudformation: 'nodes read their set-up and signal that they are ready (user guide)',
  ec2: "the head node starts and ends compute nodes (user guide); nodes read their cluster's tags",
  secretsmanager: "the head node and the accounting function read the database's passwords",
  monitoring: "the head node's CloudWatch agent sends how full its memory and disks are",
  elasticfilesystem: "the EFS mount helper asks for a mount target's address where DNS gives none",
  fsx: 'nodes ask for the state of their Lustre file system; of no use where clusters have none',
  sts: 'the AWS CLI and SDKs on nodes ask who they are',
  ssm: 'operators look at a node by Session Manager, where they give its role the right',
  ssmmessages: "Session Manager's own channel",
  'execute-api': 'callers of a PRIVATE API come in by it; there is none with a REGIONAL one',
} as const satisfies Record<string, string>
export type EndpointName = keyof typeof interfaceEndpoints
export const endpointNames = Object.keys(interfaceEndpoints) as [EndpointName, ...EndpointName[]]

/** Gateway endpoints cost nothing and are routes, not addresses. */
export const gatewayEndpoints: Record<(typeof gatewayServices)[number], string> = {
  s3: 'node scripts, ParallelCluster’s files, the projects’ data',
  dynamodb: 'the head node keeps the state of its compute nodes (user guide)',
}

/** An endpoint in two zones outlives one; more would cost and bring nothing. */
const zonesOfAnEndpoint = 2

type Wanted = {
  network: {
    zones: string[]
    leaveOutEndpoints: EndpointName[]
    endpointZones: Partial<Record<EndpointName, string[]>>
  }
  api: { endpointType: 'REGIONAL' | 'PRIVATE' }
}

/** The interface endpoints of an environment, and the zones that each is in. */
export function endpointsOf({ network, api }: Wanted): { name: EndpointName; zones: string[] }[] {
  return endpointNames
    .filter((name) => !network.leaveOutEndpoints.includes(name))
    .filter((name) => name !== 'execute-api' || api.endpointType === 'PRIVATE')
    .map((name) => ({
      name,
      zones: network.endpointZones[name] ?? network.zones.slice(0, zonesOfAnEndpoint),
    }))
}
