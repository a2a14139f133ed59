// A site for commands that work without one: where ids and names are not known they are plain examples of their kind.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Site } from '../core/site.ts'
import { slurmRestPort } from '../core/slurm-rest.ts'
import { clusterConfigs } from '../lib/read-templates.ts'

export const exampleSite = (region: string, scripts = readdirSync(join(clusterConfigs, 'scripts'))): Site =>
  Site.parse({
    name: 'example',
    region,
    network: {
      vpcId: 'vpc-00000000000000000',
      routeTableId: 'rtb-00000000000000000',
      clusterRange: '10.64.128.0/17',
      slotPrefix: 24,
      zones: [`${region}a`],
      zoneOfferings: 'all',
      sshFrom: ['10.0.0.0/16'],
    },
    storage: {
      fileSystemId: 'fs-00000000000000000',
      publicBucket: 'example-public-data',
      privateBucket: 'example-private-data',
    },
    provider: {
      serviceToken: `arn:aws:lambda:${region}:000000000000:function:example`,
      version: '3.16.1',
    },
    stackRoleArn: 'arn:aws:iam::000000000000:role/example',
    nodeKeys: { bucket: 'example-node-keys' },
    scripts: {
      bucket: 'example-scripts',
      keys: Object.fromEntries(scripts.map((file) => [file, file])),
    },
    slurmRest: {
      port: slurmRestPort,
      userClaimField: 'sun',
      jwks: { bucket: 'example-identity-keys', key: 'jwks.json' },
    },
    costTags: { virtualLab: 'virtual-lab', project: 'project', fixed: {} },
    logRetentionDays: 90,
    limitSeconds: { creating: 3900, deleting: 3600 },
  })
