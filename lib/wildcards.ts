// Every wildcard in a policy of ours, as it ends, with the reason why it cannot be narrower. What is not here fails the
// check at synthesis; what is here and in no policy fails the tests.
export const wildcards: Record<string, string> = {
  'Action::ec2:Describe*':
    'CloudFormation’s handlers read back what they wrote by calls of their own choice, and a missing one fails the create.',
  'Resource::*': 'EC2’s Describe calls know no resources (Service Authorization Reference).',
  ':subnet/*': 'Subnets get their ids at creation; conditions on VPC and tags tell the clusters’ own.',
  ':security-group/*': 'Groups get their ids at creation; conditions on VPC and tags tell the clusters’ own.',
  ':network-interface/*':
    'Interfaces get their ids at creation; deleting asks for a deployment’s tags and the VPC.',
  ':instance/*': 'Instances get their ids at creation; terminating asks for a deployment’s tags.',
  ':volume/*': 'Volumes get their ids at creation; deleting asks for a deployment’s tags.',
  ':access-point/*':
    'Access points get their ids at creation; deleting asks for a cluster’s tag, looking cannot.',
  ':log-group:/hpc-provisioner/jobs/*': 'Named by cluster and deployment, made while the service runs.',
  ':log-group:/hpc-provisioner/names/*': 'Named by the cluster, made while the service runs.',
  ':log-group:/hpc-provisioner/jobs/*:log-stream:keys':
    'That one stream of each deployment’s group, which is named while the service runs.',
  '<NodeKeys554848D8.Arn>/*': 'An object per deployment, named while the service runs.',
  ':log-group:/hpc-provisioner/jobs/*:log-stream:activity':
    'Named by cluster and deployment, made while the service runs; the one stream without a word of what jobs did.',
  ':log-group:*': 'DescribeLogGroups looks by name prefix, which IAM cannot narrow down.',
  '.Arn>/index/*': 'Each index of the table is one of ours.',
  ':secret:hpc-provisioner/*': 'Named by cluster and deployment, made while the service runs.',
  ':key-pair/hpc-*': 'Named by cluster and deployment, made while the service runs.',
  ':stack/hpc-*/*': 'ParallelCluster’s own stack is named by the cluster alone; it is only looked at.',
  [`:stack/hpc-*-${'?'.repeat(15)}/*`]:
    'ParallelCluster’s own stack is named by the cluster; its tags and the role for it tell the rest.',
  [`:stack/hpc-*-${'?'.repeat(15)}-${'?'.repeat(26)}/*`]:
    'Named by cluster and deployment; the app’s own stacks never fit.',
  ':execute-api:us-east-1:000000000000:*':
    'The laptop’s one caller: the API’s id is known only once it is deployed, and its own policy lists its callers.',
  ':secret:hpc-provisioner/*/database-password*':
    'Named by cluster and deployment; Secrets Manager adds an ending.',
  'role/aws-service-role/s3.data-source.lustre.fsx.amazonaws.com/*':
    'The role’s name ends in the file system’s id.',
  'ExportsOutputRefPublicData/*': 'Every object of the bucket.',
  'ExportsOutputRefPrivateData/*': 'Every object of the bucket.',
  'Action::s3:Get*':
    'ParallelCluster’s own policy for Lustre: FSx does not say which readings of a bucket it asks for.',
  'Action::s3:List*':
    'ParallelCluster’s own policy for Lustre: FSx does not say which readings of a bucket it asks for.',
  ':policy/parallelcluster/hpc-*':
    'Named by cluster and deployment, made while the service runs; given to nobody by this role.',
  ':file-system/*':
    'Lustre file systems get their ids at creation; a condition on tags tells the clusters’ own.',
  ':task/*': 'Tasks get their ids at creation; a condition on tags tells the clusters’ own.',
  ':launch-template/*': 'They get their ids at creation; the role deletes only what is in a cluster’s stack.',
  ':placement-group/*': 'CloudFormation names them; the role deletes only what is in a cluster’s stack.',
  ':association/*': 'They get their ids at creation; a condition on tags tells the clusters’ own.',
  ':role/parallelcluster/hpc-*': 'ParallelCluster names roles by the cluster, under a path of its own.',
  ':instance-profile/parallelcluster/hpc-*':
    'ParallelCluster names profiles by the cluster, under a path of its own.',
  ':function:pcluster-*': 'ParallelCluster names its clean-up function by the id of its stack.',
  ':log-group:/aws/lambda/pcluster-*':
    'Of ParallelCluster’s clean-up function, named by the id of its stack.',
  ':dashboard/hpc-*': 'ParallelCluster names its dashboard by the cluster.',
  ':alarm:hpc-*': 'ParallelCluster names its alarms by the cluster.',
  ':table/parallelcluster-hpc-*': 'ParallelCluster names its table by the cluster.',
}
