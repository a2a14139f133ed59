// Environments: what cannot work is refused before anything is deployed, with the path and the rule.
import { App } from 'aws-cdk-lib'
import { describe, expect, it } from 'vitest'
import { environmentNamed, environments } from '../../bin/app.ts'
import { Site } from '../../core/site.ts'
import { checkTiersFit, type Environment, parseEnvironment } from '../../lib/environment.ts'
import { readTemplates } from '../../lib/read-templates.ts'
import { deploy, siteOf } from './deployed.ts'

type Changes = { [K in keyof Environment]?: unknown } & { network?: object; api?: object }

const described = environments.example?.(new App()) as Environment
const withChanges = ({ network, api, ...rest }: Changes): Environment =>
  parseEnvironment('example', {
    ...described,
    ...rest,
    network: { ...described.network, ...network },
    api: { ...described.api, ...api },
  })

const acceptRoleArn = 'arn:aws:iam::210987654321:role/accept'
const peer = (...changes: object[]): Changes => ({
  network: { peering: changes.map((change) => ({ ...described.network.peering[0], ...change })) },
})

describe('an environment', () => {
  it.each<[string, RegExp, Changes]>([
    ['network.clusterRange', /within network.vpcCidr/, { network: { clusterRange: '10.65.0.0/17' } }],
    ['network.clusterRange', /first \/24 ranges/, { network: { clusterRange: '10.64.0.0/17' } }],
    ['network.clusterRange', /multiple of its size/, { network: { clusterRange: '10.64.128.0/15' } }],
    ['network.clusterRange', /hold a \/24/, { network: { clusterRange: '10.64.128.0/25' } }],
    ['network.clusterRange', /IPv4 range/, { network: { clusterRange: '10.64.128.0' } }],
    ['network.vpcCidr', /multiple of its size/, { network: { vpcCidr: '10.64.1.0/16' } }],
    ['network.vpcCidr', /\/16 is the largest/, { network: { vpcCidr: '10.64.0.0/12' } }],
    [
      'network.vpcCidr',
      /for each of network.zones/,
      { network: { vpcCidr: '10.64.128.0/24', clusterRange: '10.64.128.0/24' } },
    ],
    ['network.slotPrefix', /28/, { network: { slotPrefix: 29 } }],
    ['network.zones', />=1/, { network: { zones: [] } }],
    ['network.sshFrom[0]', /whole world/, { network: { sshFrom: ['0.0.0.0/0'] } }],
    [
      'network.prefixLists[0]',
      /id of a prefix list/,
      { network: { prefixLists: ['com.amazonaws.eu-west-1.s3'] } },
    ],
    ['network.prefixLists', /S3 and DynamoDB/, { network: { prefixLists: undefined } }],
    ['network', /"vpcCdir"/, { network: { vpcCdir: '10.64.0.0/16' } }],
    ['network.leaveOutEndpoints[0]', /"logs"/, { network: { leaveOutEndpoints: ['log'] } }],
    [
      'network.leaveOutEndpoints',
      /keep execute-api/,
      { network: { leaveOutEndpoints: ['execute-api'] }, api: { endpointType: 'PRIVATE' } },
    ],
    [
      'network.endpointZones.fsx',
      /of network.zones/,
      { network: { endpointZones: { fsx: ['eu-west-1c'] } } },
    ],
    ['network.endpointZones', /"fxs"/, { network: { endpointZones: { fxs: ['eu-west-1a'] } } }],
    ['network.bucketsElsewhere[0]', /name of a bucket/, { network: { bucketsElsewhere: ['*'] } }],
    ['network.flowLogs', /"REJECT"/, { network: { flowLogs: true } }],
    ['network.peering[0].vpcId', /id of a VPC/, peer({ vpcId: 'main' })],
    ['network.peering[0].ranges', />=1/, peer({ ranges: [] })],
    ['network.peering[0].ranges[0]', /whole world/, peer({ ranges: ['0.0.0.0/0'] })],
    ['network.peering[0].ranges', /overlap network.vpcCidr/, peer({ ranges: ['10.64.7.0/24'] })],
    ['network.peering[0].ranges', /overlap network.vpcCidr/, peer({ ranges: ['10.0.0.0/8'] })],
    [
      'network.peering[0].acceptRoleArn',
      /has to accept/,
      peer({ account: '210987654321', routeTableIds: [] }),
    ],
    ['network.peering[0].acceptRoleArn', /no other/, peer({ acceptRoleArn })],
    ['network.peering[0].routeTableIds', /by hand/, peer({ account: '210987654321', acceptRoleArn })],
    ['network.peering[0].routeTableIds', /by hand/, peer({ region: 'us-east-1' })],
    ['network.peering[1].vpcId', /stands twice/, peer({}, { ranges: ['10.1.0.0/16'] })],
    ['network.peering', /ranges that overlap/, peer({}, { vpcId: 'vpc-1', ranges: ['10.0.3.0/24'] })],
    ['api.callers', />=1/, { api: { callers: [] } }],
    ['api.callers[0]', /one IAM role or user/, { api: { callers: ['*'] } }],
    ['api.callers[0]', /one IAM role or user/, { api: { callers: ['arn:aws:iam::123456789012:role/*'] } }],
    [
      'api.callers[0]',
      /one IAM role or user/,
      { api: { callers: ['arn:aws:sts::123456789012:assumed-role/a/b'] } },
    ],
    ['api.vpcEndpointIds', /only where/, { api: { vpcEndpointIds: ['vpce-1'] } }],
    [
      'identity.jwksUrl',
      /must be https/,
      { identity: { jwksUrl: 'http://a.example.org/certs', userClaimField: 'sun' } },
    ],
    ['identity.jwksUrl', /URL/, { identity: { jwksUrl: 'file:///etc/passwd', userClaimField: 'sun' } }],
    [
      'identity.userClaimField',
      /name of a claim/,
      { identity: { jwksUrl: 'https://a.example.org/certs', userClaimField: 'a,jwt_key=/tmp/mine' } },
    ],
    ['instanceTypes[0]', /family of core/, { instanceTypes: ['c7a.huge'] }],
    ['instanceTypes[1]', /family of core/, { instanceTypes: ['c7a.*', '*'] }],
    ['instanceTypes', />=1/, { instanceTypes: [] }],
    ['preflight[0]', /"endpoints"/, { preflight: ['everything'] }],
    ['sweepOrphans', /"report"/, { sweepOrphans: 'everything' }],
    ['leaveOutOrphans[0]', /"stack"/, { leaveOutOrphans: ['logGroup'] }],
    ['account', /twelve digits/, { account: '12345' }],
    ['name', /20/, { name: 'an-environment-of-21-' }],
    ['name', /lower-case/, { name: 'Example' }],
    ['logRetentionDays', /365/, { logRetentionDays: 100 }],
    ['', /"retainDatas"/, { retainDatas: true } as Changes],
  ])('is refused at "%s": %s', (path, rule, changes) => {
    const refusal = () => withChanges(changes)
    expect(refusal).toThrow(rule)
    expect(refusal).toThrow(/^Environment example in bin\/app.ts:/)
    if (path) expect(refusal).toThrow(`at ${path}`)
  })

  it('that is listed is accepted, under a name that may be asked for', () => {
    for (const name of Object.keys(environments)) expect(environmentNamed(name, new App()).name).toBe(name)
  })

  it('that is not listed is refused, naming those that are', () => {
    expect(() => environmentNamed('produktion', new App())).toThrow(
      'There is no environment produktion. There are example, local.',
    )
  })
})

describe('the size of a cluster’s subnet', () => {
  const templates = readTemplates()

  it('holds the most nodes of every tier, in every environment', () => {
    for (const name of Object.keys(environments)) checkTiersFit(environmentNamed(name, new App()), templates)
  })

  it('is refused where a tier does not fit, naming the tier and both numbers', () => {
    expect(() => checkTiersFit(withChanges({ network: { slotPrefix: 28 } }), templates)).toThrow(
      /^Environment example: tier \S+ can have \d+ nodes, but a \/28 subnet holds -5\./,
    )
  })
})

describe('synthesis', () => {
  it.each(Object.keys(environments))('of %s needs neither an account nor a network', (name) => {
    const { assembly } = deploy(name)
    expect(assembly.manifest.missing ?? []).toEqual([])
    expect(assembly.stacks.map(({ environment }) => environment.region)).not.toContain('unknown-region')
  })

  it.each(Object.keys(environments))('of %s warns of nothing', (name) => {
    const { assembly } = deploy(name)
    expect(assembly.stacks.flatMap(({ messages }) => messages.map(({ entry }) => entry.data))).toEqual([])
  })

  it('of an environment without an account fits any', () => {
    expect(deploy('example').assembly.stacks.map(({ environment }) => environment.account)).toEqual(
      Array(5).fill('unknown-account'),
    )
  })

  it.each(Object.keys(environments))(
    'gives the functions of %s a site that they accept, within Lambda’s 4 KB',
    (name) => {
      // Longer than most: four zones, ten ranges for SSH.
      const deployed = deploy(name, (environment) => ({
        ...environment,
        network: { ...environment.network, sshFrom: Array(10).fill('100.100.100.100/32') },
      }))
      const functions = deployed
        .all('AWS::Lambda::Function')
        .filter(({ Properties }) => Object.hasOwn(Properties.Environment?.Variables ?? {}, 'SITE'))
      expect(functions).toHaveLength(7)
      for (const { path, Properties } of functions) {
        const variables = Properties.Environment.Variables as Record<string, string>
        const site = siteOf(deployed, path)
        expect(site.name).toBe(name)
        // They take it as it is: nothing in it is wrong, and no default is left to be filled in.
        expect(site).toMatchObject(Site.parse(site))
        expect(Buffer.byteLength(Object.entries(variables).flat().join(''))).toBeLessThan(4096 - 700)
      }
    },
  )

  it('names every stack by its environment', () => {
    const names = (name: string) => deploy(name).assembly.stacks.map(({ stackName }) => stackName)
    expect(names('example')).toEqual(
      ['encryption', 'network', 'accounting', 'storage', 'service'].map(
        (part) => `hpc-provisioner-example-${part}`,
      ),
    )
    expect(names('local')).toEqual(
      ['caller', 'network', 'storage', 'service'].map((part) => `hpc-provisioner-local-${part}`),
    )
  })
})
