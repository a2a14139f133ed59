// What CloudFormation calls for each resource type of a cluster's stack: the permissions of the type's handlers
// (`aws cloudformation describe-type --type RESOURCE --type-name AWS::EC2::Subnet`), with the resources and the
// condition keys that the Service Authorization Reference lists for each action.

export type Need = { action: string; resource: string; context?: Record<string, string> }
export type Place = {
  vpc: string
  routeTable: string
  fileSystem: string
  logGroup: string
  nameClaim: string
  /** A managed policy of the cluster's stack. */
  policy: string
  serviceToken: string
  projectPolicy: string
  /** Condition keys of the stack's tags on a resource. */
  tags: Record<string, string>
  arn: (service: string, resource: string) => string
}

const on = (actions: string[], resource: string, context: Record<string, string> = {}): Need[] =>
  actions.map((action) => ({ action, resource, context }))

/** A resource in the VPC: created, perhaps set up before it is tagged, and tagged at its creation or later. */
function inVpc(
  { vpc, arn, tags }: Place,
  kind: string,
  create: string,
  setUp: string[],
  remove: string[],
): Need[] {
  const [anyId, one] = [arn('ec2', `${kind}/*`), arn('ec2', `${kind}/${kind}-0123456789abcdef0`)]
  const here = { 'ec2:Vpc': vpc }
  return [
    ...on([`ec2:${create}`], vpc),
    ...on([`ec2:${create}`], anyId, here),
    ...on(['ec2:CreateTags'], anyId, { 'ec2:CreateAction': create }),
    ...on(['ec2:CreateTags'], one, here),
    ...on(setUp, one, here),
    ...on([...setUp, ...remove], one, { ...here, ...tags }),
  ]
}

const authorize = ['ec2:AuthorizeSecurityGroupIngress', 'ec2:AuthorizeSecurityGroupEgress']
const revoke = ['ec2:RevokeSecurityGroupIngress', 'ec2:RevokeSecurityGroupEgress']

const rule = (direction: 'Ingress' | 'Egress') => (place: Place) => [
  ...on(
    [`ec2:AuthorizeSecurityGroup${direction}`, `ec2:RevokeSecurityGroup${direction}`],
    place.arn('ec2', 'security-group/sg-0123456789abcdef0'),
    { 'ec2:Vpc': place.vpc, ...place.tags },
  ),
  ...on(['ec2:DescribeSecurityGroups', 'ec2:DescribeSecurityGroupRules'], '*'),
]

export const needs: Record<string, (place: Place) => Need[]> = {
  'AWS::EC2::Subnet': (place) => [
    ...inVpc(place, 'subnet', 'CreateSubnet', ['ec2:ModifySubnetAttribute'], ['ec2:DeleteSubnet']),
    ...on(['ec2:DescribeSubnets', 'ec2:DescribeNetworkAcls'], '*'),
  ],

  'AWS::EC2::SubnetRouteTableAssociation': ({ routeTable, arn, tags, vpc }) =>
    ['ec2:AssociateRouteTable', 'ec2:DisassociateRouteTable'].flatMap((action) => [
      ...on([action], routeTable),
      ...on([action], arn('ec2', 'subnet/subnet-0123456789abcdef0'), { 'ec2:Vpc': vpc, ...tags }),
      ...on(['ec2:DescribeRouteTables', 'ec2:DescribeSubnets'], '*'),
    ]),

  'AWS::EC2::SecurityGroup': (place) => [
    ...inVpc(
      place,
      'security-group',
      'CreateSecurityGroup',
      // A new group lets everything out until that rule is revoked.
      [...authorize, ...revoke],
      ['ec2:DeleteSecurityGroup'],
    ),
    ...on(['ec2:DescribeSecurityGroups', 'ec2:DescribeSecurityGroupRules', 'ec2:DescribeInstances'], '*'),
  ],
  'AWS::EC2::SecurityGroupIngress': rule('Ingress'),
  'AWS::EC2::SecurityGroupEgress': rule('Egress'),

  'AWS::EFS::AccessPoint': ({ fileSystem, arn, tags }) => {
    const accessPoint = arn('elasticfilesystem', 'access-point/fsap-0123456789abcdef0')
    const atCreation = { 'elasticfilesystem:CreateAction': 'CreateAccessPoint' }
    return [
      ...on(['elasticfilesystem:CreateAccessPoint'], fileSystem),
      // EFS does not say which of the two it asks about.
      ...on(['elasticfilesystem:TagResource'], fileSystem, atCreation),
      ...on(['elasticfilesystem:TagResource'], accessPoint, atCreation),
      ...on(
        ['elasticfilesystem:DescribeAccessPoints', 'elasticfilesystem:DeleteAccessPoint'],
        accessPoint,
        tags,
      ),
      ...on(['elasticfilesystem:DescribeAccessPoints'], fileSystem),
    ]
  },

  // The one of jobs is deleted only when the stack's creation fails (RetainExceptOnCreate), and is associated with the
  // environment's key where there is one, as here. The two policies are read back though no group has either.
  'AWS::Logs::LogGroup': ({ logGroup, nameClaim, arn }) => [
    ...on(['logs:AssociateKmsKey'], logGroup),
    ...[logGroup, nameClaim].flatMap((one) =>
      on(
        [
          'logs:CreateLogGroup',
          'logs:TagResource',
          'logs:PutRetentionPolicy',
          'logs:ListTagsForResource',
          'logs:DescribeIndexPolicies',
          'logs:GetDataProtectionPolicy',
          'logs:DeleteLogGroup',
        ],
        one,
      ),
    ),
    ...on(['logs:DescribeLogGroups'], arn('logs', 'log-group::log-stream:')),
  ],

  // They name no role, so the handler attaches them to none. One has a name, the other CloudFormation's.
  'AWS::IAM::ManagedPolicy': ({ policy, projectPolicy }) =>
    [policy, projectPolicy].flatMap((one) =>
      on(
        [
          'iam:CreatePolicy',
          'iam:TagPolicy',
          'iam:GetPolicy',
          'iam:GetPolicyVersion',
          'iam:ListPolicyVersions',
          'iam:CreatePolicyVersion',
          'iam:DeletePolicyVersion',
          'iam:ListEntitiesForPolicy',
          'iam:DeletePolicy',
        ],
        one,
      ),
    ),

  'Custom::PclusterCluster': ({ serviceToken }) => on(['lambda:InvokeFunction'], serviceToken),
}
