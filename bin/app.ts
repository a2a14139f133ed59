// The CDK app: every environment, and every difference between them. `cdk deploy --all -c environment=NAME`.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { App } from 'aws-cdk-lib'
import { bundleFunctions } from '../lib/bundle.ts'
import { checkTiersFit, type Environment, parseEnvironment } from '../lib/environment.ts'
import { provisioner } from '../lib/provisioner.ts'
import { readTemplates } from '../lib/read-templates.ts'

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
    },
    api: {
      // PRIVATE: only through the interface endpoints (execute-api) in vpcEndpointIds: ['vpce-…'].
      endpointType: 'REGIONAL',
      callers: ['arn:aws:iam::123456789012:role/workflow-service'], // FILL IN: the Workflow Service's role
    },
    provider: { kind: 'parallelcluster', version: parallelCluster },
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
    costTags, // activate them as cost allocation tags in Billing
    logRetentionDays: 90,
    // CloudFormation gives a custom resource an hour; a create that takes longer has failed.
    limitSeconds: { creating: 3900, deleting: 3600 },
    tlsOnly: true,
    retainData: true, // tables, homes and buckets stay when the stacks are destroyed
  }),

  // The laptop: an emulator in place of AWS. `npm start` gives the provider's address.
  local: (app) => ({
    account: '000000000000',
    region: 'us-east-1',
    network: {
      vpcCidr: app.node.tryGetContext('vpcCidr') ?? '10.231.0.0/16',
      clusterRange: app.node.tryGetContext('clusterRange') ?? '10.231.128.0/17',
      slotPrefix: 24,
      zones: ['us-east-1a', 'us-east-1b'],
      zoneOfferings: 'all',
      ruleResources: false,
      sshFrom: ['10.0.0.0/8'],
    },
    api: { endpointType: 'REGIONAL', callers: ['arn:aws:iam::000000000000:user/workflow-service'] },
    provider: {
      kind: 'local',
      version: parallelCluster,
      url: app.node.tryGetContext('providerUrl') ?? 'http://127.0.0.1:9',
      token: app.node.tryGetContext('providerToken') ?? 'none',
      caller: 'workflow-service',
    },
    ...localDatabase(app),
    costTags,
    logRetentionDays: 7,
    limitSeconds: { creating: 600, deleting: 300 },
    tlsOnly: false,
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
  const templates = readTemplates(`${root}/cluster-configs`)
  checkTiersFit(environment, templates)
  // Beside the templates, so that two syntheses at the same time do not meet.
  const bundles = `${app.outdir}/bundles`
  await bundleFunctions(root, templates, bundles)
  provisioner(app, environment, { bundles, scripts: `${root}/cluster-configs/scripts`, version })
}
