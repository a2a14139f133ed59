// A deployed account as preflight sees it: a healthy one, of which tests break a part at a time.
import { preflight } from '../../../core/preflight/preflight.ts'
import type { Expected, Facts, Inspect, Place } from '../../../core/preflight/questions.ts'
import { type QuotaName, quotas } from '../../../core/preflight/quotas.ts'
import { type CheckName, checkNames } from '../../../core/preflight/report.ts'
import type { Site } from '../../../core/site.ts'
import { readTemplates } from '../../../lib/read-templates.ts'
import { aSite } from '../samples.ts'

export const expected: Expected = {
  checks: [...checkNames],
  endpoints: ['s3', 'logs', 'ec2'],
  peers: [{ vpcId: 'vpc-main', ranges: ['10.1.0.0/16'] }],
}

const plenty = { limit: 1_000_000, used: 3 }
export const healthy: Facts = {
  endpoints: [
    { service: 's3', state: 'available' },
    { service: 'logs', state: 'available' },
    { service: 'ec2', state: 'available' },
    { service: 'of-somebody', state: 'failed' },
  ],
  dns: {
    support: true,
    hostnames: true,
    endpoints: ['s3', 'logs', 'ec2', 'of-somebody'].map((service) => ({
      service,
      isPrivate: ['logs', 'ec2'].includes(service),
    })),
  },
  routes: ['rtb-0123456789abcdef0', 'rtb-2'].flatMap((routeTableId) => [
    { routeTableId, destination: '10.64.0.0/16', target: 'local', isActive: true },
    { routeTableId, destination: 'pl-6da54004', target: 'vpce-1', isActive: true },
    { routeTableId, destination: '10.1.0.0/16', target: 'pcx-1', isActive: true },
  ]),
  peering: [
    { peerVpcId: 'vpc-main', status: 'deleted' },
    { peerVpcId: 'vpc-main', status: 'active' },
  ],
  mountTargets: [
    { zone: 'eu-west-1a', state: 'available' },
    { zone: 'eu-west-1b', state: 'available' },
  ],
  slots: { taken: 3 },
  quotas: Object.fromEntries(Object.keys(quotas).map((name) => [name, plenty])) as Record<
    QuotaName,
    typeof plenty
  >,
  provider: { isPublished: true, functionState: 'Active' },
  image: { found: ['aws-parallelcluster-3.16.1-amzn2023-hvm-x86_64-*'] },
}

export const now = new Date('2026-08-01T00:00:00Z')
export const aPlace = (changes: { expected?: Partial<Expected>; site?: Site } = {}): Place => ({
  site: changes.site ?? aSite(),
  templates: readTemplates(),
  expected: { ...expected, ...changes.expected },
})

/** Answers of that account; an Error is thrown. */
export const answering = (facts: { [C in CheckName]?: Facts[C] | Error }): Inspect =>
  Object.fromEntries(
    Object.entries({ ...healthy, ...facts }).map(([check, fact]) => [
      check,
      async () => {
        if (fact instanceof Error) throw fact
        return fact
      },
    ]),
  ) as unknown as Inspect

export const look = (facts: Parameters<typeof answering>[0], place = aPlace()) =>
  preflight(place, answering(facts), now)
