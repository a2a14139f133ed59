// Clusters and events as the API shows them, parsed by the contract.
import { ClusterView } from '../../core/answers.ts'
import { type Output, routes } from '../../core/contract.ts'

export const aCluster = (differences: Partial<ClusterView> = {}): ClusterView =>
  ClusterView.parse({
    name: 'hpc-my-project-0123456789abcde',
    virtualLab: 'my-lab',
    project: 'my-project',
    tier: 'debug',
    lustre: true,
    benchmark: false,
    resources: null,
    shape: null,
    changes: null,
    update: null,
    wanted: 'present',
    status: 'CREATE_COMPLETE',
    queue: null,
    reason: null,
    message: null,
    problems: [],
    leftovers: [],
    deploymentId: 'd1',
    jobLogGroup: '/hpc-provisioner/jobs/hpc-my-project-0123456789abcde/d1',
    lifetime: 'none',
    idleTimeout: 'none',
    expiresAt: null,
    idleSince: null,
    expiring: null,
    subnet: { cidr: '10.1.3.0/24', id: 'subnet-1', zone: 'eu-central-1a' },
    ssh: {
      user: 'sim',
      address: '10.1.3.10',
      port: 22,
      userKeySecretArn: 'arn:user',
      adminKeySecretArn: 'arn:admin',
    },
    keys: { state: 'current', rotating: [], rotatedAt: null, reason: null, message: null },
    slurmRest: { url: 'http://10.1.3.10:6830' },
    headNode: {
      instanceId: 'i-1',
      instanceType: 't3.medium',
      privateIpAddress: '10.1.3.10',
      state: 'running',
      launchTime: '2026-11-22T11:50:00.000Z',
    },
    times: {
      requested: '2026-11-22T11:45:00.000Z',
      statusSince: '2026-11-22T11:55:00.000Z',
      ready: '2026-11-22T11:55:00.000Z',
    },
    ...differences,
  })

export const aFailedCluster = aCluster({
  status: 'CREATE_FAILED',
  reason: 'StackFailed',
  message: 'Resource handler returned: no capacity',
  headNode: null,
  slurmRest: null,
  subnet: null,
})

type Event = Output<'listEvents'>['events'][number]

export const anEvent = (id: string, differences: Partial<Event> = {}): Event => {
  const { events } = routes.listEvents.output.parse({
    events: [
      {
        id,
        deploymentId: 'd1',
        at: '2026-11-22T11:45:00.123Z',
        type: 'Status',
        message: `event ${id}`,
        ...differences,
      },
    ],
  })
  return events[0] as Event
}
