// From what was found to what it means. What clusters need of the network comes from lib/endpoints.ts by way of Expected.
import { rangeContains, slotCount } from '../slots.ts'
import { isGateway } from './gateways.ts'
import { judgeQuotas } from './judge-quotas.ts'
import { type Facts, type Place, questionsOf } from './questions.ts'
import type { CheckName, Found } from './report.ts'

type Judge<C extends CheckName> = (facts: Facts[C], place: Place) => Found[]

const error = (code: string, message: string, action: string): Found => ({
  level: 'ERROR',
  code,
  message,
  action,
})
const warning = (code: string, message: string, action: string): Found => ({
  ...error(code, message, action),
  level: 'WARNING',
})
const deployAgain = (part: string) => `Deploy the ${part} stack again; \`cdk drift\` shows who changed what.`

export const judges: { [C in CheckName]: Judge<C> } = {
  endpoints: (there, { expected }) =>
    expected.endpoints.flatMap((service) => {
      const endpoint = there.find((one) => one.service === service)
      if (!endpoint)
        return [
          error('EndpointMissing', `There is no endpoint for ${service} in the VPC.`, deployAgain('network')),
        ]
      if (endpoint.state.toLowerCase() === 'available') return []
      return [
        error(
          'EndpointNotAvailable',
          `The endpoint for ${service} is ${endpoint.state}.`,
          'Wait if it is being made; else see why in the VPC console, and deploy the network stack again.',
        ),
      ]
    }),

  dns: ({ support, hostnames, endpoints }, { site, expected }) => [
    ...(support && hostnames
      ? []
      : [
          error(
            'VpcWithoutDns',
            `The VPC ${site.network.vpcId} has DNS support or DNS host names switched off, so endpoints have no names in it.`,
            deployAgain('network'),
          ),
        ]),
    ...endpoints
      .filter(({ service, isPrivate }) => !isPrivate && !isGateway(service))
      .filter(({ service }) => expected.endpoints.includes(service))
      .map(({ service }) =>
        error(
          'EndpointWithoutDns',
          `The endpoint for ${service} has no private DNS, so nodes look for the service outside.`,
          deployAgain('network'),
        ),
      ),
  ],

  routes: (routes, place) => [
    ...(routes.some(({ routeTableId }) => routeTableId === place.site.network.routeTableId)
      ? []
      : [error('RouteTableMissing', 'The route table of the clusters is gone.', deployAgain('network'))]),
    ...routes
      .filter((route) => leadsOut(route, place))
      .map(({ routeTableId, destination, target }) =>
        error(
          'RouteOut',
          `The route table ${routeTableId} leads to ${destination} by ${target}: clusters are not private.`,
          'Remove the route, and find out who made it.',
        ),
      ),
    ...routes
      .filter(({ isActive }) => !isActive)
      .map(({ routeTableId, destination, target }) =>
        error(
          'RouteBlackhole',
          `The route of ${routeTableId} to ${destination} ends in nothing: ${target} is gone or not accepted.`,
          deployAgain('network'),
        ),
      ),
  ],

  peering: (connections, { expected }) =>
    expected.peers.flatMap(({ vpcId }) => {
      // Those that were deleted are still told for hours.
      const statuses = connections.filter((one) => one.peerVpcId === vpcId).map(({ status }) => status)
      if (statuses.includes('active')) return []
      const isAsked = statuses.includes('pending-acceptance')
      return [
        error(
          'PeeringNotActive',
          `The peering with ${vpcId} is ${isAsked ? 'pending-acceptance' : (statuses[0] ?? 'missing')}: nobody reaches the head nodes by it.`,
          isAsked ? 'Have the owner of that VPC accept it.' : deployAgain('network'),
        ),
      ]
    }),

  mountTargets: (targets, { site }) =>
    site.network.zones
      .filter((zone) => !targets.some((one) => one.zone === zone && one.state === 'available'))
      .map((zone) =>
        error(
          'MountTargetMissing',
          `The file system of the homes has no available mount target in ${zone}: clusters there do not come up.`,
          deployAgain('storage'),
        ),
      ),

  slots: ({ taken }, { site }) => {
    const all = slotCount(site.network)
    const left = all - taken
    const action =
      'Delete clusters, or give the environment a larger clusterRange: docs/operations.md, "NoSlotLeft".'
    if (left <= 0) return [error('NoSlotLeft', `All ${all} subnets of the cluster range are in use.`, action)]
    if (left > all / 10) return []
    return [warning('FewSlotsLeft', `${left} of ${all} subnets of the cluster range are left.`, action)]
  },

  quotas: (facts, place) => judgeQuotas(place, facts),

  provider: ({ isPublished, functionState }, { site }) => {
    const { version } = site.provider
    return [
      ...(functionState === 'Active'
        ? []
        : [
            error(
              'ProviderMissing',
              `The function of ParallelCluster's provider is ${functionState ?? 'missing'}.`,
              deployAgain('service'),
            ),
          ]),
      ...(isPublished
        ? []
        : [
            warning(
              'ProviderNotPublished',
              `ParallelCluster ${version} has no provider in ${site.region}: what is deployed runs, the next deployment fails.`,
              'Name a version in bin/app.ts that ParallelCluster publishes in the region.',
            ),
          ]),
    ]
  },

  image: ({ found }, place) => {
    const question = questionsOf(place).image
    const wanted = 'id' in question ? [question.id] : question.names
    return wanted
      .filter((one) => !found.includes(one))
      .map((one) =>
        error(
          'ImageMissing',
          `There is no available image ${one} in ${place.site.region}: no node starts.`,
          'id' in question
            ? 'Share or copy the image to this account and region, or leave customAmi out.'
            : 'Name a ParallelCluster version that has images in the region: pcluster list-official-images.',
        ),
      )
  },
}

/** Out is whatever leads to the Internet or everywhere, and any way to where the environment knows nobody. */
function leadsOut({ destination, target }: Facts['routes'][number], { site, expected }: Place): boolean {
  if (/^(igw|eigw|nat)-/.test(target) || destination.endsWith('/0')) return true
  if (target === 'local' || target.startsWith('vpce-')) return false
  const known = [...site.network.sshFrom, ...expected.peers.flatMap(({ ranges }) => ranges)]
  return !/^\d/.test(destination) || !known.some((range) => rangeContains(range, destination))
}
