// What the head node may do to the deployment's job log: write to it, not even read it.

/** The managed policy that the head node's role gets; ParallelCluster's provider attaches those of this path only. */
export const jobLogPolicy = (logGroup: string): object => ({
  Type: 'AWS::IAM::ManagedPolicy',
  Properties: {
    Path: '/parallelcluster/',
    Description: 'The head node writes its job log',
    PolicyDocument: { Version: '2012-10-17', Statement: [jobLogStatement(logGroup)] },
  },
})

/** The group's ARN, as CloudFormation gives it, ends in `:*`, which stands for its streams. */
const jobLogStatement = (logGroup: string) => ({
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: { 'Fn::GetAtt': [logGroup, 'Arn'] },
})
