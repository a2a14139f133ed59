// A site and a cluster for the tests, parsed by their schemas.
import { Cluster } from '../../core/cluster.ts'
import { clusterName } from '../../core/names.ts'
import { scriptValues, type Values, valueNames } from '../../core/render/values.ts'
import { Site } from '../../core/site.ts'

type SiteChanges = Partial<Omit<Site, 'network' | 'provider'>> & {
  network?: Partial<Site['network']>
  provider?: Partial<Site['provider']>
}

export const aSite = ({ network, provider, ...rest }: SiteChanges = {}): Site =>
  Site.parse({
    name: 'test',
    region: 'eu-west-1',
    network: {
      vpcId: 'vpc-0123456789abcdef0',
      routeTableId: 'rtb-0123456789abcdef0',
      clusterRange: '10.64.0.0/16',
      slotPrefix: 24,
      zones: ['eu-west-1a', 'eu-west-1b'],
      zoneOfferings: 'ec2',
      sshFrom: ['10.1.0.0/16', '10.2.0.0/16'],
      serviceRanges: ['10.0.0.0/24'],
      prefixLists: ['pl-6da54004'],
      ...network,
    },
    storage: {
      fileSystemId: 'fs-0123456789abcdef0',
      publicBucket: 'public-data',
      privateBucket: 'private-data',
    },
    provider: {
      serviceToken: 'arn:aws:lambda:eu-west-1:1:function:provider',
      version: '3.16.1',
      ...provider,
    },
    stackRoleArn: 'arn:aws:iam::1:role/stacks',
    nodeKeys: { bucket: 'node-keys' },
    scripts: {
      bucket: 'node-scripts',
      keys: {
        'users.sh': '1/users.sh',
        'storage.sh': '2/storage.sh',
        'environment.sh': '3/environment.sh',
        'cluster-record.sh': '4/cluster-record.sh',
        'mount-s3.sh': '5/mount-s3.sh',
        'jwks.sh': '4/jwks.sh',
        'node-keys.sh': '6/node-keys.sh',
        'slurmrestd.sh': '5/slurmrestd.sh',
        'job-log.py': '4/job-log.py',
      },
    },
    costTags: { virtualLab: 'cost:vlab', project: 'cost:project', fixed: {} },
    logRetentionDays: 90,
    limitSeconds: { creating: 3600, deleting: 3600 },
    ...rest,
  })

/** A site whose Lustre clusters move their data by tasks of FSx. */
export const siteWithFsx = (): Site => {
  const site = aSite()
  return { ...site, storage: { ...site.storage, dataTasks: 'fsx' } }
}

/** The same site with an accounting database. */
export const accountingSite = (changes: SiteChanges = {}): Site =>
  aSite({
    accounting: { uri: 'db:3306', functionName: 'accounting', usageFunctionName: 'usage' },
    ...changes,
  })

export const userKey = `AAAAC3NzaC1lZDI1NTE5AAAAI${'k'.repeat(43)}`

export const aCluster = (changes: Partial<Cluster> = {}): Cluster => {
  const tenant = { virtualLab: '1c9e1d8e-8c0b-4b0a-9a53-0f4f5f1e7a11', project: 'my-project' }
  return Cluster.parse({
    ...tenant,
    name: clusterName(tenant),
    version: 1,
    wanted: 'present',
    spec: { tier: 'debug', lustre: true, benchmark: false },
    deploymentId: '01k0deployment',
    slot: 3,
    zone: 'eu-west-1b',
    keys: { userSecretArn: 'arn:user', adminSecretArn: 'arn:admin', userPublicKey: `ssh-ed25519 ${userKey}` },
    requestedAt: '2026-08-01T00:00:00Z',
    status: 'CREATE_REQUEST_RECEIVED',
    statusSince: '2026-08-01T00:00:00Z',
    dueAt: '2026-08-01T00:00:00Z',
    ...changes,
  })
}

/** The values of a site with an identity provider, and of one without. */
export const slurmRestValues = {
  ...{ jwksBucket: 'identity-keys', jwksKey: 'jwks.json' },
  ...{ userClaimField: 'sun', slurmRestPort: '6830' },
}
const noSlurmRest = Object.fromEntries(Object.keys(slurmRestValues).map((name) => [name, undefined]))

/** Every value a template may use, its own name as text but where the configuration wants another type. */
export const someValues = (changes: Partial<Values> = {}): Values => ({
  ...(Object.fromEntries(valueNames.map((name) => [name, `a-${name}`])) as Values),
  logRetentionDays: 90,
  projectPolicyArn: 'arn:aws:iam::1:policy/parallelcluster/a',
  jobLogPolicyArn: 'arn:aws:iam::123456789012:policy/parallelcluster/job-log',
  databaseName: 'hpc_a',
  databasePasswordSecretArn: 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:a-AbCdEf',
  firstJobId: 1,
  subnetId: { Ref: 'Subnet' },
  ...noSlurmRest,
  customAmi: undefined,
  ...scriptValues(aSite().scripts),
  ...changes,
})
