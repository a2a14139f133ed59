// What an environment says of its network beside the ranges of the clusters: endpoints, peering, flow logs.

import { Cidr, rangesOverlap } from '../core/slots.ts'
import * as z from '../core/zod.ts'
import { type EndpointName, endpointNames } from './endpoints.ts'

const notTheWorld = Cidr.check(z.refine((range) => !range.endsWith('/0'), 'must not be the whole world'))

/** A VPC that people and the Workflow Service are in. */
export const Peering = z.strictObject({
  vpcId: z.string().check(z.regex(/^vpc-[0-9a-f]+$/, 'must be the id of a VPC')),
  /** Its ranges that head nodes answer to. */
  ranges: z.array(notTheWorld).check(z.minLength(1)),
  /** Whose it is and where, if not this account's and in this region. */
  account: z.optional(z.string().check(z.regex(/^\d{12}$/, 'must be twelve digits, in quotes'))),
  region: z.optional(z.string()),
  /** The role of the other account that accepts: see docs/deploy.md, "The way to the head nodes". */
  acceptRoleArn: z.optional(
    z.string().check(z.regex(/^arn:[a-z-]+:iam::\d{12}:role\/.+$/, 'must be the ARN of a role')),
  ),
  /** Its route tables, where they are ours to write: in this account and region. */
  routeTableIds: z._default(
    z.array(z.string().check(z.regex(/^rtb-[0-9a-f]+$/, 'must be the id of a route table'))),
    [],
  ),
})
export type Peering = z.infer<typeof Peering>

export const networkParts = {
  /** Interface endpoints that nobody here needs; lib/endpoints.ts says what each is for. */
  leaveOutEndpoints: z._default(z.array(z.enum(endpointNames)), []),
  /** The zones of an endpoint whose service is not in the first two of `zones`. */
  endpointZones: z._default(
    z.partialRecord(z.enum(endpointNames), z.array(z.string()).check(z.minLength(1))),
    {},
  ),
  /** Buckets of other accounts that clusters may read. */
  bucketsElsewhere: z._default(
    z.array(z.string().check(z.regex(/^[a-z0-9][a-z0-9.-]{2,62}$/, 'must be the name of a bucket'))),
    [],
  ),
  peering: z._default(z.array(Peering), []),
  /** Which traffic of the VPC to log. */
  flowLogs: z.optional(z.enum(['ALL', 'ACCEPT', 'REJECT'])),
}

type Network = {
  vpcCidr: string
  zones: string[]
  sshFrom: string[]
  endpointZones: Partial<Record<EndpointName, string[]>>
  peering: Peering[]
}
type Refuse = (isRefused: boolean, path: (string | number)[], message: string) => void

/** What cannot work, with where it stands. `account` and `region` are the environment's. */
export function checkNetworkParts(
  { vpcCidr, zones, endpointZones, peering }: Network,
  here: { account?: string | undefined; region: string },
  refuse: Refuse,
): void {
  for (const [name, wanted] of Object.entries(endpointZones))
    refuse(
      wanted.some((zone) => !zones.includes(zone)),
      ['network', 'endpointZones', name],
      'must be of network.zones: an endpoint stands in their service subnets',
    )
  for (const [index, peer] of peering.entries()) {
    const at = ['network', 'peering', index]
    const isElsewhere = peer.account !== undefined && peer.account !== here.account
    refuse(
      peer.ranges.some((range) => rangesOverlap(range, vpcCidr)),
      [...at, 'ranges'],
      'must not overlap network.vpcCidr: no route could tell the two apart',
    )
    refuse(
      isElsewhere !== (peer.acceptRoleArn !== undefined),
      [...at, 'acceptRoleArn'],
      'must be given for a VPC of another account, which has to accept, and for no other',
    )
    refuse(
      peer.routeTableIds.length > 0 && (isElsewhere || (peer.region ?? here.region) !== here.region),
      [...at, 'routeTableIds'],
      'can be written in this account and region only; give the other side its routes by hand',
    )
    refuse(
      peering.findIndex(({ vpcId }) => vpcId === peer.vpcId) < index,
      [...at, 'vpcId'],
      'stands twice: a pair of VPCs is peered once',
    )
  }
  const ranges = peering.flatMap((peer) => peer.ranges)
  refuse(
    ranges.some((range, index) => ranges.slice(0, index).some((earlier) => rangesOverlap(earlier, range))),
    ['network', 'peering'],
    'has ranges that overlap: a route leads to one place',
  )
}
