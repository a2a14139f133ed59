// The REST API in front of the API function, made from the contract.
import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib'
import {
  AccessLogFormat,
  AuthorizationType,
  EndpointType,
  type IResource,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RestApi,
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
import { accept } from './nag.ts'

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
    this.restApi = new RestApi(this, 'Rest', {
      restApiName: `hpc-provisioner-${name}`,
      description: 'Private Slurm clusters on demand',
      endpointConfiguration: {
        types: [isPrivate ? EndpointType.PRIVATE : EndpointType.REGIONAL],
        ...(isPrivate
          ? { vpcEndpoints: api.vpcEndpointIds.map((endpointId) => this.endpoint(endpointId)) }
          : {}),
      },
      policy: callersOnly(api),
      cloudWatchRole: api.accessLog,
      deployOptions: {
        stageName: name,
        throttlingRateLimit: 50,
        throttlingBurstLimit: 100,
        // Execution logs would hold bodies, in a group that nobody lets expire.
        loggingLevel: MethodLoggingLevel.OFF,
        ...(api.accessLog ? this.accessLog(logRetentionDays, key) : {}),
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
  refusal: '$context.error.messageString',
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
 * "Authorization flow"), so everyone who is not a listed caller is denied in so many words.
 */
function callersOnly({ callers, vpcEndpointIds, endpointType }: Environment['api']): PolicyDocument {
  const statement = (effect: Effect, conditions: Record<string, unknown>) =>
    new PolicyStatement({
      effect,
      principals: [new AnyPrincipal()],
      actions: ['execute-api:Invoke'],
      resources: ['execute-api:/*'],
      conditions,
    })
  return new PolicyDocument({
    statements: [
      statement(Effect.ALLOW, { ArnEquals: { 'aws:PrincipalArn': callers } }),
      statement(Effect.DENY, { ArnNotEquals: { 'aws:PrincipalArn': callers } }),
      ...(endpointType === 'PRIVATE'
        ? [statement(Effect.DENY, { StringNotEquals: { 'aws:SourceVpce': vpcEndpointIds } })]
        : []),
    ],
  })
}
