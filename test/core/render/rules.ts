// Reads the security groups of a cluster's stack as EC2 does: a packet passes if one rule of the sender's groups lets it
// out and one of the receiver's lets it in.
import { stackTemplate } from '../../../core/render/stack-template.ts'
import type { Site } from '../../../core/site.ts'
import { rangeContains, slotCidr } from '../../../core/slots.ts'
import { readTemplates } from '../../../lib/read-templates.ts'
import { aCluster } from '../samples.ts'

type Rule = {
  IpProtocol: string
  FromPort?: number
  ToPort?: number
  CidrIp?: string
  SourceSecurityGroupId?: unknown
  DestinationSecurityGroupId?: unknown
  DestinationPrefixListId?: string
}
/** A machine: its address, and the rules of its groups. An outsider has none of ours, and sends and takes anything. */
export type Machine = { address: string; groups?: string[]; out?: Rule[]; in?: Rule[] }
type Resource = { Type: string; Properties: Record<string, unknown> }

const templates = readTemplates()

/** The head node and a compute node of the project's cluster in this slot. */
export function machinesOf(site: Site, slot: number, tier = 'prod-mpi'): { head: Machine; compute: Machine } {
  const cluster = aCluster({ slot, spec: { tier, lustre: true, benchmark: false } })
  const { Resources } = stackTemplate(templates, cluster, site) as {
    Resources: Record<string, Resource> & { Cluster: Resource }
  }
  const { HeadNode, Scheduling } = Resources.Cluster.Properties.ClusterConfiguration as {
    HeadNode: { Networking: { SecurityGroups: unknown[] } }
    Scheduling: { SlurmQueues: { Networking: { SecurityGroups: unknown[] } }[] }
  }
  const network = slotCidr(site.network, slot).replace(/\.0\/\d+$/, '')
  const machine = (address: string, groups: unknown[]): Machine => {
    const ids = groups.map((group) => logicalId(group))
    return {
      address: `${network}.${address}`,
      groups: ids.map((id) => `${slot}/${id}`),
      in: ids.flatMap((id) => rulesOf(Resources, id, 'Ingress')),
      out: ids.flatMap((id) => rulesOf(Resources, id, 'Egress')),
    }
  }
  const [queue] = Scheduling.SlurmQueues
  return {
    head: machine('4', HeadNode.Networking.SecurityGroups),
    compute: machine('77', queue?.Networking.SecurityGroups ?? []),
  }
}

const logicalId = (group: unknown): string => (group as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0]

function rulesOf(resources: Record<string, Resource>, id: string, way: 'Ingress' | 'Egress'): Rule[] {
  const own = resources[id]?.Properties[`SecurityGroup${way}`] as Rule[] | undefined
  // EC2 lets everything out of a group that says nothing of it.
  if (!own?.length && way === 'Egress') return [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }]
  const apart = Object.values(resources)
    .filter(
      ({ Type, Properties }) =>
        Type === `AWS::EC2::SecurityGroup${way}` && logicalId(Properties.GroupId) === id,
    )
    .map(({ Properties }) => Properties as Rule)
  return [...(own ?? []), ...apart]
}

export const passes = (from: Machine, to: Machine, port: number): boolean =>
  (from.out?.some((rule) => fits(rule, to, port, from)) ?? true) &&
  (to.in?.some((rule) => fits(rule, from, port, to)) ?? true)

function fits(rule: Rule, other: Machine, port: number, owner: Machine): boolean {
  const { IpProtocol, FromPort = 0, ToPort = 65_535, CidrIp } = rule
  if (IpProtocol !== '-1' && (port < FromPort || port > ToPort)) return false
  if (CidrIp) return rangeContains(CidrIp, `${other.address}/32`)
  const group = rule.SourceSecurityGroupId ?? rule.DestinationSecurityGroupId
  // A reference is to a group of the same stack, whose machines share its slot.
  const slot = owner.groups?.[0]?.split('/')[0]
  return group !== undefined && (other.groups ?? []).includes(`${slot}/${logicalId(group)}`)
}
