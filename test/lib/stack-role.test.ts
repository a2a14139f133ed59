// The service role of the clusters' stacks: all that their resource types ask for, and nothing of anybody else.
import { describe, expect, it } from 'vitest'
import { jobLogGroupName, nameClaim, ownerTags, projectPolicyName, stackName } from '../../core/names.ts'
import { stackTemplate } from '../../core/render/stack-template.ts'
import { readTemplates } from '../../lib/read-templates.ts'
import { aCluster } from '../core/samples.ts'
import { deploy, siteOf, statementsOf } from './deployed.ts'
import { evaluate } from './iam.ts'
import { type Need, needs, type Place } from './stack-needs.ts'

const example = deploy('example')
const { account } = example
const site = siteOf(example)
const statements = statementsOf(example, 'ClusterStackRole')
const may = ({ action, resource, context = {} }: Need) =>
  evaluate(statements, { action, resource, context }) === 'allowed'

const cluster = aCluster()
const arn = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:${account}:${resource}`
const place: Place = {
  vpc: arn('ec2', `vpc/${site.network.vpcId}`),
  routeTable: arn('ec2', `route-table/${site.network.routeTableId}`),
  fileSystem: arn('elasticfilesystem', `file-system/${site.storage.fileSystemId}`),
  logGroup: arn('logs', `log-group:${jobLogGroupName(cluster)}`),
  nameClaim: arn('logs', `log-group:${nameClaim(cluster.name)}`),
  policy: `arn:aws:iam::${account}:policy/parallelcluster/${stackName(cluster)}-JobLogPolicy-ABCDEFGHIJKL`,
  serviceToken: site.provider.serviceToken,
  projectPolicy: `arn:aws:iam::${account}:policy/parallelcluster/${projectPolicyName(cluster)}`,
  tags: Object.fromEntries(
    Object.entries(ownerTags(cluster)).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
  ),
  arn,
}

const templates = readTemplates()
const typesOf = (tier: string) => {
  const { Resources } = stackTemplate(
    templates,
    aCluster({ spec: { tier, lustre: true, benchmark: true } }),
    site,
  ) as {
    Resources: Record<string, { Type: string }>
  }
  return Object.values(Resources).map(({ Type }) => Type)
}
const types = [...new Set(Object.keys(templates.tiers).flatMap(typesOf))].sort()

describe('the role of the stacks', () => {
  it('has its needs written down for every resource type of every tier', () => {
    expect(types).toEqual(Object.keys(needs).sort())
  })

  it.each(types)('may do what %s needs', (type) => {
    const missing = needs[type]?.(place).filter((need) => !may(need))
    expect(missing).toEqual([])
  })

  const theApps = { 'ec2:Vpc': place.vpc, 'aws:ResourceTag/hpc-provisioner:environment': 'example' }
  const untagged = { 'ec2:Vpc': place.vpc }
  const foreign = { 'ec2:Vpc': arn('ec2', 'vpc/vpc-of-someone-else') }
  const subnet = arn('ec2', 'subnet/subnet-0123456789abcdef0')
  const group = arn('ec2', 'security-group/sg-0123456789abcdef0')
  const accessPoint = arn('elasticfilesystem', 'access-point/fsap-0123456789abcdef0')

  it.each<[string, string, Record<string, string>?]>([
    ['ec2:DeleteSubnet', subnet, untagged],
    ['ec2:DeleteSubnet', subnet, theApps],
    ['ec2:DeleteSubnet', subnet, foreign],
    ['ec2:ModifySubnetAttribute', subnet, theApps],
    ['ec2:ModifySubnetAttribute', subnet, foreign],
    ['ec2:AssociateRouteTable', subnet, theApps],
    ['ec2:AssociateRouteTable', arn('ec2', 'route-table/rtb-of-someone-else')],
    ['ec2:DisassociateRouteTable', subnet, untagged],
    ['ec2:CreateSubnet', arn('ec2', 'vpc/vpc-of-someone-else')],
    ['ec2:CreateSecurityGroup', arn('ec2', 'vpc/vpc-of-someone-else')],
    ['ec2:DeleteSecurityGroup', group, untagged],
    ['ec2:AuthorizeSecurityGroupIngress', group, theApps],
    ['ec2:AuthorizeSecurityGroupIngress', group, foreign],
    ['ec2:RevokeSecurityGroupEgress', group, theApps],
    ['ec2:CreateTags', subnet, theApps],
    ['ec2:CreateTags', subnet, foreign],
    ['ec2:CreateTags', subnet, { ...untagged, ...place.tags }],
    ['ec2:CreateTags', arn('ec2', 'instance/i-1'), { 'ec2:CreateAction': 'CreateSubnet' }],
    ['ec2:CreateTags', subnet, { 'ec2:CreateAction': 'RunInstances' }],
    ['ec2:CreateInternetGateway', arn('ec2', 'internet-gateway/*')],
    ['ec2:CreateRoute', place.routeTable],
    ['ec2:RunInstances', arn('ec2', 'instance/*')],
    ['elasticfilesystem:CreateAccessPoint', arn('elasticfilesystem', 'file-system/fs-of-someone-else')],
    ['elasticfilesystem:DeleteAccessPoint', accessPoint],
    ['elasticfilesystem:TagResource', accessPoint, place.tags],
    ['elasticfilesystem:TagResource', place.fileSystem],
    ['elasticfilesystem:DeleteFileSystem', place.fileSystem],
    ['logs:DeleteLogGroup', arn('logs', 'log-group:/aws/lambda/of-someone-else')],
    ['logs:CreateLogGroup', arn('logs', 'log-group:/aws/lambda/of-someone-else')],
    ['lambda:InvokeFunction', arn('lambda', 'function:of-someone-else')],
    ['iam:PassRole', `arn:aws:iam::${account}:role/Administrator`],
    // A policy that nobody has is no way up.
    ['iam:AttachRolePolicy', `arn:aws:iam::${account}:role/parallelcluster/hpc-a/RoleHeadNode-1`],
    ['iam:AttachRolePolicy', `arn:aws:iam::${account}:role/Administrator`],
    ['iam:AttachUserPolicy', `arn:aws:iam::${account}:user/somebody`],
    ['iam:PutRolePolicy', `arn:aws:iam::${account}:role/parallelcluster/hpc-a/RoleHeadNode-1`],
    ['iam:CreateRole', `arn:aws:iam::${account}:role/parallelcluster/hpc-a`],
    ['iam:CreatePolicyVersion', `arn:aws:iam::${account}:policy/parallelcluster/of-someone-else`],
    ['iam:SetDefaultPolicyVersion', place.projectPolicy],
    ['iam:CreatePolicy', `arn:aws:iam::${account}:policy/parallelcluster/of-someone-else`],
    ['iam:CreatePolicy', `arn:aws:iam::${account}:policy/hpc-a`],
    ['iam:AttachRolePolicy', `arn:aws:iam::${account}:role/Administrator`],
    ['cloudformation:CreateStack', arn('cloudformation', 'stack/hpc-a/1')],
    ['secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:hpc-provisioner/a')],
  ])('may not %s on %s %j', (action, resource, context) => {
    expect(may({ action, resource, ...(context ? { context } : {}) })).toBe(false)
  })

  it('tells the app’s own subnets and groups by their tag', () => {
    for (const type of ['AWS::EC2::Subnet', 'AWS::EC2::SecurityGroup'])
      for (const { id, Properties } of example.all(type))
        expect([id, Properties.Tags]).toEqual([
          id,
          expect.arrayContaining([{ Key: 'hpc-provisioner:environment', Value: 'example' }]),
        ])
  })

  it('writes nothing by a wildcard action', () => {
    const wild = statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))
    expect(wild).toEqual(['ec2:Describe*'])
  })
})
