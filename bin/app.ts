// The CDK app: every environment, and every difference between them. `cdk deploy --all -c environment=NAME`.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { App } from 'aws-cdk-lib'
import { bundleFunctions } from '../lib/bundle.ts'
import { checkTiersFit, Environment } from '../lib/environment.ts'
import { LocalCallerStack } from '../lib/local-caller-stack.ts'
import { NetworkStack } from '../lib/network-stack.ts'
import { readTemplates } from '../lib/read-templates.ts'
import { ServiceStack } from '../lib/service-stack.ts'
import { StorageStack } from '../lib/storage-stack.ts'

const parallelCluster = '3.16.1'
const costTags = {
  virtualLab: 'obp:costcenter:vlabid',
  project: 'obp:costcenter:project',
  fixed: { SBO_Billing: 'hpc:parallelcluster' },
}
const localCaller = 'workflow-service'

const environments: Record<string, (app: App) => unknown> = {
  // An example to copy: fill in the account, the caller's role and the ranges of your network.
  example: () => ({
    region: 'eu-west-1',
    network: {
      vpcCidr: '10.64.0.0/16',
      clusterRange: '10.64.128.0/17',
      slotPrefix: 24,
      zones: ['eu-west-1a', 'eu-west-1b'],
      zoneOfferings: 'ec2',
      sshFrom: ['10.0.0.0/16'],
      // aws ec2 describe-managed-prefix-lists --region eu-west-1: those of S3 and DynamoDB.
      prefixLists: ['pl-6da54004', 'pl-b3a742da'],
    },
    api: { endpointType: 'REGIONAL', callers: ['arn:aws:iam::123456789012:role/workflow-service'] },
    provider: { kind: 'parallelcluster', version: parallelCluster },
    costTags,
    logRetentionDays: 90,
    limitSeconds: { creating: 3900, deleting: 3600 },
    tlsOnly: true,
    retainData: true,
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
    api: { endpointType: 'REGIONAL', callers: [`arn:aws:iam::000000000000:user/${localCaller}`] },
    provider: {
      kind: 'local',
      version: parallelCluster,
      url: app.node.tryGetContext('providerUrl') ?? 'http://127.0.0.1:9',
      token: app.node.tryGetContext('providerToken') ?? 'none',
    },
    costTags,
    logRetentionDays: 7,
    limitSeconds: { creating: 600, deleting: 300 },
    tlsOnly: false,
    retainData: false,
  }),
}

const root = fileURLToPath(new URL('..', import.meta.url))
const app = new App()
const name: string = app.node.tryGetContext('environment') ?? 'example'
const describe = environments[name]
if (!describe)
  throw new Error(`There is no environment ${name}. There are ${Object.keys(environments).join(', ')}.`)
const environment = Environment.parse({ name, ...(describe(app) as object) })

const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { version: string }
const templates = readTemplates(`${root}/cluster-configs`)
checkTiersFit(environment, templates)
const bundles = bundleFunctions(root, templates)

const stack = (part: string) => `hpc-provisioner-${name}-${part}`
const { region, account } = environment
const props = {
  env: { region, ...(account ? { account } : {}) },
  description: `ParallelCluster Provisioner, ${name}`,
}

const network = new NetworkStack(app, stack('network'), { ...props, network: environment.network })
const storage = new StorageStack(app, stack('storage'), {
  ...props,
  vpc: network.vpc,
  network: environment.network,
  retainData: environment.retainData,
  tlsOnly: environment.tlsOnly,
  scriptsFolder: `${root}/cluster-configs/scripts`,
})
new ServiceStack(app, stack('service'), {
  ...props,
  environment,
  network: { vpcId: network.vpc.vpcId, routeTableId: network.clusterRouteTableId },
  storage: storage.storage,
  scripts: storage.scripts,
  bundles,
  version,
})
if (environment.provider.kind === 'local')
  new LocalCallerStack(app, stack('caller'), { ...props, userName: localCaller })
