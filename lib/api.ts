// The REST API in front of the API function, made from the contract.
import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib'
import {
  AccessLogFormat,
  AuthorizationType,
  EndpointType,
  type IResource,
  LambdaIntegration,
  LogGroupLogDestination,
  RestApi,
  Stage,
} from 'aws-cdk-lib/aws-apigateway'
import { InterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2'
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { type Route, routes } from '../core/contract.ts'
import { withKey } from './encryption.ts'
import type { Environment } from './environment.ts'
import { allCallers } from './environment-api.ts'
import { answerInOneShape } from './gateway-answers.ts'
import { accept } from './nag.ts'
import { stageOptions } from './stages.ts'

type Props = Pick<Environment, 'api' | 'name' | 'logRetentionDays'> & {
  /** The function behind the API, and those behind single routes of it. */
  handler: IFunction
  others: Record<NonNullable<Route['servedBy']>, IFunction>
  key?: IKey
}

export class Api extends Construct {
  readonly restApi: RestApi

  constructor(scope: Construct, id: string, { api, name, handler, others, logRetentionDays, key }: Props) {
    super(scope, id)
    const isPrivate = api.endpointType === 'PRIVATE'
    const accessLog = api.accessLog ? this.accessLog(logRetentionDays, key) : {}
    this.restApi = new RestApi(this, 'Rest', {
      restApiName: `hpc-provisioner-${name}`,
      description: 'Private Slurm clusters on demand',
      endpointConfiguration: {
        types: [isPrivate ? EndpointType.PRIVATE : EndpointType.REGIONAL],
        ...(isPrivate
          ? { vpcEndpoints: api.vpcEndpointIds.map((endpointId) => this.endpoint(endpointId)) }
          : {}),
      },
      policy: callersOnly(api, name),
      cloudWatchRole: api.accessLog,
      deployOptions: {
        stageName: name,
        ...stageOptions(api.throttle),
        ...accessLog,
      },
      defaultMethodOptions: { authorizationType: AuthorizationType.IAM },
      defaultIntegration: new LambdaIntegration(handler, {
        scopePermissionToMethod: false,
      }),
    })
    const { restApi } = this
    const integrations = new Map(
      Object.entries(others).map(([name, one]) => [
        name,
        new LambdaIntegration(one, { scopePermissionToMethod: false }),
      ]),
    )
    for (const { method, path, dryRunOf, servedBy } of Object.values<Route>(routes))
      if (!dryRunOf)
        restApi.root.resourceForPath(path).addMethod(method, servedBy && integrations.get(servedBy))
    // Everything else goes to the function as well, which answers 404 and 405 in the API's one shape.
    answerAll(restApi.root)
    restApi.root.addProxy({ anyMethod: true })

    answerInOneShape(restApi)
    if (restApi.latestDeployment)
      for (const [stageName, { throttle }] of Object.entries(api.stages))
        new Stage(restApi, `Stage-${stageName}`, {
          deployment: restApi.latestDeployment,
          stageName,
          ...stageOptions(throttle),
          ...accessLog,
        })

    acceptFindings(restApi, api)
    const stack = Stack.of(this)
    new CfnOutput(stack, 'ApiUrl', { value: restApi.url })
    new CfnOutput(stack, 'ApiId', { value: restApi.restApiId })
    new CfnOutput(stack, 'ApiStage', { value: restApi.deploymentStage.stageName })
  }

  /** Who asked for what and what became of it, also where the policy said no and the function heard nothing. */
  private accessLog(retention: number, key?: IKey) {
    const group = new LogGroup(this, 'AccessLog', {
      retention,
      removalPolicy: RemovalPolicy.DESTROY,
      ...withKey('encryptionKey', key),
    })
    return {
      accessLogDestination: new LogGroupLogDestination(group),
      accessLogFormat: AccessLogFormat.custom(JSON.stringify(accessLogLine)),
    }
  }

  private endpoint(vpcEndpointId: string) {
    return InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(this, vpcEndpointId, {
      vpcEndpointId,
      port: 443,
    })
  }
}

// API Gateway developer guide, "Variables for access logging".
const accessLogLine = {
  time: '$context.requestTime',
  requestId: '$context.extendedRequestId',
  caller: '$context.identity.userArn',
  from: '$context.identity.sourceIp',
  endpoint: '$context.identity.vpceId',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  milliseconds: '$context.responseLatency',
  stage: '$context.stage',
  // A word, and none that the caller chose: API Gateway's sentences quote the request, and come with quotes of their own.
  refusal: '$context.error.responseType',
}

function acceptFindings(restApi: RestApi, { accessLog }: Environment['api']): void {
  const because = {
    COG4: 'Programs call, signed by IAM (AWS_IAM at every method); the policy lists them and denies all others.',
    APIG2: 'The function checks every input by its schema and answers with the path of what is wrong.',
    APIG3: 'Only signed requests of listed callers get past the policy, and they are throttled.',
    APIG6:
      'The access log has every request; execution logs would hold bodies, in a group that never expires.',
  }
  for (const [rule, reason] of Object.entries(because)) accept(restApi, `AwsSolutions-${rule}`, reason)
  if (accessLog)
    accept(
      restApi,
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      'The policy that API Gateway asks for; the role is the account’s, not the service’s.',
    )
}

function answerAll(resource: IResource): void {
  resource.addMethod('ANY')
  for (const child of resource.node.children)
    if ('resourceId' in child && 'path' in child) answerAll(child as IResource)
}

/**
 * Within one account an IAM allow is enough wherever the resource policy is silent (API Gateway developer guide,
 * "Authorization flow"), so everyone who is not a listed caller is denied in so many words, at each stage by itself.
 */
function callersOnly(api: Environment['api'], mainStage: string): PolicyDocument {
  const { stages, vpcEndpointIds, endpointType } = api
  const statement = (effect: Effect, conditions: Record<string, unknown>, resource = 'execute-api:/*') =>
    new PolicyStatement({
      effect,
      principals: [new AnyPrincipal()],
      actions: ['execute-api:Invoke'],
      resources: [resource],
      conditions,
    })
  const callers = { 'aws:PrincipalArn': allCallers(api) }
  const groups = Object.entries({ [mainStage]: api, ...stages })
  return new PolicyDocument({
    statements: [
      statement(Effect.ALLOW, { ArnEquals: callers }),
      statement(Effect.DENY, { ArnNotEquals: callers }),
      ...(groups.length > 1
        ? groups.map(([stage, own]) =>
            statement(
              Effect.DENY,
              { ArnNotEquals: { 'aws:PrincipalArn': own.callers } },
              `execute-api:/${stage}/*`,
            ),
          )
        : []),
      ...(endpointType === 'PRIVATE'
        ? [statement(Effect.DENY, { StringNotEquals: { 'aws:SourceVpce': vpcEndpointIds } })]
        : []),
    ],
  })
}
