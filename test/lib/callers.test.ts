// Who may call the API: the listed callers and nobody else, also not an administrator of the account.
import { describe, expect, it } from 'vitest'
import { Environment } from '../../lib/environment.ts'
import { deploy } from './deployed.ts'
import { evaluate, list, type Statement } from './iam.ts'

const account = '123456789012'
const workflowService = `arn:aws:iam::${account}:role/workflow-service`
const elsewhere = 'arn:aws:iam::210987654321:role/other-service'

const withApi = (api: object) => {
  const { one, all } = deploy('example', (environment) => Environment.parse({ ...environment, api }))
  const { Properties } = one('AWS::ApiGateway::RestApi')
  return {
    statements: Properties.Policy.Statement as Statement[],
    endpoint: Properties.EndpointConfiguration,
    own: all('AWS::EC2::VPCEndpoint').filter(({ Properties }) =>
      Properties.ServiceName.endsWith('.execute-api'),
    ),
  }
}

/** IAM user guide, "aws:PrincipalArn": for a session it is the ARN of the role that was taken on. */
const principalOf = (arn: string): string =>
  arn.replace(/^arn:aws:sts::(\d+):assumed-role\/([^/]+)\/.*$/, 'arn:aws:iam::$1:role/$2')

type Caller = { arn?: string; vpce?: string }

/** API Gateway developer guide, "Authorization flow", for AWS_IAM with a resource policy. The caller's own policy allows all. */
function mayCall(statements: Statement[], { arn, vpce }: Caller): boolean {
  const policy = statements.map((statement) => ({
    ...statement,
    // A policy may leave out the API that it belongs to.
    Resource: list(statement.Resource ?? []).map((resource) =>
      resource.replace(/^execute-api:\//, `arn:aws:execute-api:eu-west-1:${account}:abcde12345/`),
    ),
  }))
  const says = evaluate(policy, {
    action: 'execute-api:Invoke',
    resource: `arn:aws:execute-api:eu-west-1:${account}:abcde12345/example/POST/v1/clusters`,
    context: {
      ...(arn ? { 'aws:PrincipalArn': principalOf(arn) } : {}),
      ...(vpce ? { 'aws:SourceVpce': vpce } : {}),
    },
  })
  const sameAccount = arn?.includes(`:${account}:`) ?? false
  return says === 'allowed' || (says === 'silent' && sameAccount)
}

describe('a REGIONAL API', () => {
  const { statements, endpoint } = withApi({
    endpointType: 'REGIONAL',
    callers: [workflowService, elsewhere],
  })

  it.each<[string, Caller, boolean]>([
    ['a listed role of the account', { arn: workflowService }, true],
    ['a listed role of another account', { arn: elsewhere }, true],
    ['an administrator of the account', { arn: `arn:aws:iam::${account}:role/Administrator` }, false],
    [
      'a session of the listed role',
      { arn: `arn:aws:sts::${account}:assumed-role/workflow-service/one` },
      true,
    ],
    [
      'a session of an administrator that calls itself as the role',
      { arn: `arn:aws:sts::${account}:assumed-role/Administrator/workflow-service` },
      false,
    ],
    [
      'a federated user of the account',
      { arn: `arn:aws:sts::${account}:federated-user/workflow-service` },
      false,
    ],
    ['the root of the account', { arn: `arn:aws:iam::${account}:root` }, false],
    ['a role whose name begins like a listed one', { arn: `${workflowService}-2` }, false],
    ['a user of the same name', { arn: `arn:aws:iam::${account}:user/workflow-service` }, false],
    [
      'the same role name of another account',
      { arn: 'arn:aws:iam::210987654321:role/workflow-service' },
      false,
    ],
    ['nobody', {}, false],
  ])('answers %s: %j %s', (_, caller, may) => {
    expect(mayCall(statements, caller)).toBe(may)
  })

  it('is reached from everywhere', () => {
    expect(endpoint.Types).toEqual(['REGIONAL'])
  })
})

describe('a PRIVATE API', () => {
  const other = 'vpce-0bbbbbbbbbbbbbbbb'
  const { statements, endpoint, own } = withApi({
    endpointType: 'PRIVATE',
    vpcEndpointIds: [other],
    callers: [workflowService],
  })
  const [vpce = '', ...more]: string[] = endpoint.VpcEndpointIds

  it.each<[string, Caller, boolean]>([
    ["the network's own endpoint", { arn: workflowService, vpce }, true],
    ['a listed endpoint', { arn: workflowService, vpce: other }, true],
    ['an endpoint that is not listed', { arn: workflowService, vpce: 'vpce-0cccccccccccccccc' }, false],
    ['no endpoint', { arn: workflowService }, false],
    ['a listed endpoint by nobody', { vpce: 'vpce-0aaaaaaaaaaaaaaaa' }, false],
    [
      'a listed endpoint by someone else',
      { arn: `arn:aws:iam::${account}:role/Administrator`, vpce: other },
      false,
    ],
  ])('called through %s: %j %s', (_, caller, may) => {
    expect(mayCall(statements, caller)).toBe(may)
  })

  it("is attached to these endpoints only, the first of which is the network's", () => {
    expect(endpoint.Types).toEqual(['PRIVATE'])
    expect([own.length, vpce]).toEqual([1, expect.stringMatching(/^vpce-/)])
    expect(more).toEqual([other])
  })

  it('lets listed callers through its endpoint, and no administrator', () => {
    const { Statement: passing } = own[0]?.Properties.PolicyDocument ?? {}
    const says = (arn: string) =>
      evaluate(passing, {
        action: 'execute-api:Invoke',
        resource: `arn:aws:execute-api:eu-west-1:${account}:abcde12345/example/GET/v1/clusters`,
        context: { 'aws:PrincipalArn': arn },
      })
    expect(says(workflowService)).toBe('allowed')
    expect(says(`arn:aws:iam::${account}:role/Administrator`)).toBe('silent')
  })
})

describe('the local environment', () => {
  it('has its one caller, an IAM user that may call the API and read the keys', () => {
    const local = deploy('local')
    const { UserName } = local.one('AWS::IAM::User').Properties
    const { Statement: statements } = local.one('AWS::IAM::Policy', 'Caller/DefaultPolicy').Properties
      .PolicyDocument
    expect(local.environment.api.callers).toEqual([`arn:aws:iam::${local.account}:user/${UserName}`])
    const may = (action: string, resource: string) => evaluate(statements, { action, resource })
    const secret = `arn:aws:secretsmanager:us-east-1:${local.account}:secret:`
    expect(may('secretsmanager:GetSecretValue', `${secret}hpc-provisioner/hpc-a/1/user-ssh-key-AbCdEf`)).toBe(
      'allowed',
    )
    expect(may('secretsmanager:GetSecretValue', `${secret}of-someone-else`)).toBe('silent')
  })

  it('is the only one with such a user', () => {
    expect(deploy('example').all('AWS::IAM::User')).toEqual([])
  })
})
