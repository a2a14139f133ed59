// The CDK app of the floors: three functions behind an API like ours, which do the least that a route can do.
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { AuthorizationType, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway'
import { AttributeType, Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Architecture, Code, Function as LambdaFn, Runtime } from 'aws-cdk-lib/aws-lambda'
import { bundleFunction } from '../lib/bundle.ts'

export const floors = ['empty', 'one-get', 'one-put'] as const

const app = new App()
const stack = new Stack(app, 'hpc-provisioner-bench-floors', {
  env: { account: '000000000000', region: 'us-east-1' },
})
const table = new TableV2(stack, 'Table', {
  partitionKey: { name: 'name', type: AttributeType.STRING },
  billing: Billing.onDemand(),
  removalPolicy: RemovalPolicy.DESTROY,
})
const api = new RestApi(stack, 'Api', {
  cloudWatchRole: false,
  deployOptions: { stageName: 'floors' },
  defaultMethodOptions: { authorizationType: AuthorizationType.IAM },
})
for (const floor of floors) {
  const folder = `${app.outdir}/bundles/${floor}`
  await bundleFunction(`${import.meta.dirname}/floors/${floor}.ts`, folder)
  const fn = new LambdaFn(stack, floor, {
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: 1769,
    handler: 'index.handler',
    code: Code.fromAsset(folder),
    environment: { TABLE: table.tableName },
  })
  table.grantReadWriteData(fn)
  api.root.addResource(floor).addMethod('GET', new LambdaIntegration(fn))
}
new CfnOutput(stack, 'ApiId', { value: api.restApiId })
new CfnOutput(stack, 'TableName', { value: table.tableName })
