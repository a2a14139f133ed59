// The CDK app: every environment, and every difference between them. `cdk deploy --all -c environment=NAME`.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { App } from 'aws-cdk-lib'
import { exampleSite } from '../cli/example-site.ts'
import { openApi } from '../core/openapi.ts'
import { bundleFunctions } from '../lib/bundle.ts'
import { checkTiers } from '../lib/check-tiers.ts'
import { checkTiersFit, type Environment, parseEnvironment } from '../lib/environment.ts'
import { provisioner } from '../lib/provisioner.ts'
import { readTemplates } from '../lib/read-templates.ts'
import { knownSite } from '../lib/site.ts'

const parallelCluster = '3.16.1'
const costTags = {
  virtualLab: 'obp:costcenter:vlabid',
  project: 'obp:costcenter:project',
  fixed: { SBO_Billing: 'hpc:parallelcluster' },
}

export const environments: Record<string, (app: App) => object> = {
  // An example to copy under a name of your own, which becomes part of every stack's name. What must be filled in
  // is marked; docs/deploy.md goes through it. Synthesis needs no account and says what does not fit together.
  example: () => ({
    // account: '123456789012', // deploy into this account only; without it, into that of your credentials
    region: 'eu-west-1', // FILL IN
    network: {
      vpcCidr: '10.64.0.0/16', // FILL IN: a range that nothing else in your network uses
      clusterRange: '10.64.128.0/17', // part of it; each cluster gets one subnet: 128 clusters at once
      slotPrefix: 24, // the size of a cluster's subnet: 235 compute nodes beside head node and file system
      zones: ['eu-west-1a', 'eu-west-1b'], // FILL IN
      zoneOfferings: 'ec2',
      sshFrom: ['10.0.0.0/16'], // FILL IN: where people and the Workflow Service reach head nodes from
      // FILL IN, since they differ by region: those of com.amazonaws.REGION.s3 and com.amazonaws.REGION.dynamodb in
      // aws ec2 describe-managed-prefix-lists --region eu-west-1 --filters Name=owner-id,Values=AWS
      prefixLists: ['pl-6da54004', 'pl-6fa54006'],
      // Interface endpoints cost by the hour and zone; lib/endpoints.ts says what each is for. Without fsx no `lustre`.
      // leaveOutEndpoints: ['ssm', 'ssmmessages'],
      // For a service that is not in both of the first two zones: aws ec2 describe-vpc-endpoint-services
      // endpointZones: { fsx: ['eu-west-1b'] },
      // bucketsElsewhere: ['public-data-of-another-account'], // which clusters may read
      // The Main VPC, where sshFrom is. With a route table of this account its way back is written too; a VPC of another
      // account needs `account` and `acceptRoleArn`, see docs/deploy.md.
      peering: [
        { vpcId: 'vpc-0123456789abcdef0', ranges: ['10.0.0.0/16'], routeTableIds: ['rtb-0123456789abcdef0'] }, // FILL IN
      ],
      flowLogs: 'ALL', // or REJECT: what was refused, for less; kept as long as all logs
    },
    api: {
      // PRIVATE: only through the network's own endpoint (execute-api), and those in vpcEndpointIds: ['vpce-…'].
      endpointType: 'REGIONAL',
      callers: ['arn:aws:iam::123456789012:role/workflow-service'], // FILL IN: the Workflow Service's role
      // throttle: { rate: 50, burst: 100 }, // what they may ask, a second and at once
      // Others with an address and limits of their own, so that neither takes from the other:
      // stages: { operators: { callers: ['arn:aws:iam::123456789012:role/operators'], throttle: { rate: 5, burst: 20 } } },
    },
    provider: { kind: 'parallelcluster', version: parallelCluster },
    storage: {
      backups: true,
      // publicBucket: 'assets', privateBucket: 'projects', // buckets that are there already
      oldVersionsDays: 30,
      dataTasks: 'fsx',
      // FILL IN for clusters without Lustre; docs/deploy.md says how to make the archive and where to put it.
      mountpoint: { key: 'hpc-provisioner/mountpoint.tar', sha256: '0'.repeat(64) },
    },
    // FILL IN, or leave it out and with it Slurm's REST API: the keys of the identity provider, and the claim of its
    // tokens that says which Slurm user they are of. docs/slurm-rest.md tells how to set Keycloak up.
    identity: {
      jwksUrl: 'https://identity.example.org/realms/my-realm/protocol/openid-connect/certs',
      userClaimField: 'sun',
    },
    // packaging: 'image', // the functions as container images, built by Docker where you deploy from
    // The one thing that costs while nothing runs; docs/deploy.md has figures. Without it there is no history and no usage.
    accounting: {
      kind: 'rds',
      instanceType: 't4g.small',
      storageGiB: 20,
      maxStorageGiB: 200,
      multiAz: true,
      backupDays: 14,
    },
    // customAmi: 'ami-…', // in place of ParallelCluster's own
    // instanceTypes: ['c7a.*', 'm7a.*', 'hpc7a.96xlarge'], // what requests for resources may get; else every known type
    // notifications: { emails: ['ops@example.org'], notices: ['Cluster Failed', 'Cluster Stuck'] },
    costTags, // activate them as cost allocation tags in Billing
    // lifetimes: { idleTimeout: '2h', maxLifetime: '30d' }, // when clusters end by themselves: docs/operations.md
    logRetentionDays: 90,
    // How much at once; docs/operations.md, "Clusters wait for their turn". These are the defaults.
    limits: { clustersPerVirtualLab: 100, operationsInFlight: 30, startsPerMinute: 20 },
    // CloudFormation gives a custom resource an hour; a create that takes longer has failed.
    limitSeconds: { creating: 3900, deleting: 3600, draining: 600, importing: 86_400, exporting: 7200 },
    encryption: 'customer', // one KMS key for all that rests, a dollar a month; 'aws': AWS's own keys
    tlsOnly: true,
    // sweepOrphans: 'delete', // what deployments left behind is deleted each day, and by request; else only reported
    retainData: true, // tables, homes and buckets stay when the stacks are destroyed
  }),

  // The laptop: an emulator in place of AWS. `npm start` gives the provider's address and that of the issuer of tokens.
  local: (app) => ({
    account: '000000000000',
    region: 'us-east-1',
    network: {
      vpcCidr: app.node.tryGetContext('vpcCidr') ?? '10.231.0.0/16',
      clusterRange: app.node.tryGetContext('clusterRange') ?? '10.231.128.0/17',
      slotPrefix: Number(app.node.tryGetContext('slotPrefix') ?? 24),
      zones: ['us-east-1a', 'us-east-1b'],
      zoneOfferings: 'all',
      ruleResources: false,
      sshFrom: ['10.0.0.0/8'],
      // No peering and no flow logs: the emulator has neither.
    },
    api: {
      endpointType: 'REGIONAL',
      accessLog: false,
      callers: ['arn:aws:iam::000000000000:user/workflow-service'],
      // One's own machine is one's own; the other address shows what a caller meets that asks too often.
      throttle: { rate: 1000, burst: 1000 },
      stages: {
        slow: {
          callers: ['arn:aws:iam::000000000000:user/workflow-service'],
          throttle: { rate: 1, burst: 2 },
        },
      },
    },
    provider: {
      kind: 'local',
      version: parallelCluster,
      url: app.node.tryGetContext('providerUrl') ?? 'http://127.0.0.1:9',
      token: app.node.tryGetContext('providerToken') ?? 'none',
      caller: 'workflow-service',
    },
    // The emulator has no FSx: the site moves the data by itself, and mounts what Mountpoint would.
    storage: { backups: false, oldVersionsDays: 1, dataTasks: 'none' },
    identity: {
      jwksUrl: app.node.tryGetContext('jwksUrl') ?? 'http://127.0.0.1:9/certs',
      userClaimField: 'sun',
    },
    metricMath: false,
    logStreamRights: false,
    ...localDatabase(app),
    costTags,
    logRetentionDays: 7,
    // No quotas of AWS to spare. Tests of many at once bring their own.
    limits: { startsPerMinute: 600, ...JSON.parse(app.node.tryGetContext('limits') ?? '{}') },
    limitSeconds: { creating: 600, deleting: 300 },
    encryption: 'aws', // what the emulator keeps ends with it
    tlsOnly: false,
    // The emulator tells no endpoint's DNS, asks for other rights to mount targets than AWS, and has no service quotas,
    // no ParallelCluster of Amazon's and no images.
    preflight: ['endpoints', 'routes', 'peering', 'slots'],
    sweepOrphans: 'delete',
    // The emulator has no FSx, forgets the tags of key pairs, and asks for other rights to list access points than AWS.
    leaveOutOrphans: ['fileSystem', 'accessPoint', 'keyPair'],
    tagConditions: false,
    retainData: false,
  }),
}

/** The laptop's own MariaDB, where it runs one: the emulator makes none. */
function localDatabase(app: App): object {
  const [host, port] = String(app.node.tryGetContext('databaseUri') ?? '').split(':')
  const adminSecretArn = app.node.tryGetContext('databaseSecretArn')
  return port ? { accounting: { kind: 'given', host, port: Number(port), adminSecretArn, tls: false } } : {}
}

/** The environment of that name; what only this machine knows comes from the app's context. */
export function environmentNamed(name: string, app: App): Environment {
  const describe = environments[name]
  if (!describe)
    throw new Error(`There is no environment ${name}. There are ${Object.keys(environments).join(', ')}.`)
  return parseEnvironment(name, describe(app))
}

// Tests read the environments without building an app.
if (import.meta.main) {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const app = new App()
  const environment = environmentNamed(app.node.tryGetContext('environment') ?? 'example', app)
  const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { version: string }
  const folder = `${root}/cluster-configs`
  const templates = readTemplates(folder)
  checkTiersFit(environment, templates)
  await checkTiers(templates, exampleSite(environment.region, readdirSync(`${folder}/scripts`)), folder)
  // Beside the templates, so that two syntheses at the same time do not meet.
  const bundles = `${app.outdir}/bundles`
  const beside = {
    'templates.json': templates,
    'site.json': knownSite(environment),
    'openapi.json': openApi(version),
  }
  await bundleFunctions(root, beside, bundles)
  provisioner(app, environment, { bundles, scripts: `${folder}/scripts`, version })
}
