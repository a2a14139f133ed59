// The REST API in front of the API function, made from the contract.
import { CfnOutput, Stack } from 'aws-cdk-lib'
import {
  AuthorizationType,
  EndpointType,
  type IResource,
  LambdaIntegration,
  MethodLoggingLevel,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway'
import { InterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2'
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Function as LambdaFn } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { type Route, routes } from '../core/contract.ts'
import type { Environment } from './environment.ts'

/** The function behind the API, and those behind single routes of it. */
type Behind = { handler: LambdaFn; others: Record<NonNullable<Route['servedBy']>, LambdaFn> }

export class Api extends Construct {
  readonly restApi: RestApi

  constructor(
    scope: Construct,
    id: string,
    { api, name, handler, others }: Pick<Environment, 'api' | 'name'> & Behind,
  ) {
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
      cloudWatchRole: false,
      deployOptions: {
        stageName: name,
        throttlingRateLimit: 50,
        throttlingBurstLimit: 100,
        loggingLevel: MethodLoggingLevel.OFF,
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

    const stack = Stack.of(this)
    new CfnOutput(stack, 'ApiUrl', { value: restApi.url })
    new CfnOutput(stack, 'ApiId', { value: restApi.restApiId })
    new CfnOutput(stack, 'ApiStage', { value: restApi.deploymentStage.stageName })
  }

  private endpoint(vpcEndpointId: string) {
    return InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(this, vpcEndpointId, {
      vpcEndpointId,
      port: 443,
    })
  }
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
