// What operators see and are told: a topic, the alarms, a dashboard.
import { CfnOutput, Stack } from 'aws-cdk-lib'
import type { RestApi } from 'aws-cdk-lib/aws-apigateway'
import { Rule } from 'aws-cdk-lib/aws-events'
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { type IKey, Key } from 'aws-cdk-lib/aws-kms'
import type { Function as LambdaFn } from 'aws-cdk-lib/aws-lambda'
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'
import { noticeSource } from '../core/notices/notice.ts'
import type { AccountingStack } from './accounting-stack.ts'
import { Alarms } from './alarms.ts'
import { dashboard } from './dashboard.ts'
import { topicsOf } from './encryption.ts'
import type { Environment } from './environment.ts'
import type { FunctionName } from './functions.ts'
import type { IdentityKeys } from './identity-keys.ts'
import type { Notices } from './notices.ts'
import type { LookQueue } from './queue.ts'
import type { Tables } from './tables.ts'

export type Watched = {
  environment: Environment
  functions: Record<FunctionName, LambdaFn>
  keys: IdentityKeys | undefined
  database: AccountingStack['storage']
  looks: LookQueue
  notices: Notices
  tables: Tables
  api: RestApi
  /** The environment's own key, where it has one. */
  key?: IKey
}

export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, watched: Watched) {
    super(scope, id)
    const { environment, notices } = watched
    const { topicArn, emails, notices: types } = environment.notifications
    const topic = topicArn
      ? Topic.fromTopicArn(this, 'Topic', topicArn)
      : this.ownTopic(environment, watched.key)
    for (const email of emails) topic.addSubscription(new EmailSubscription(email))
    if (types.length > 0)
      new Rule(this, 'ToTopic', {
        description: 'Tells the topic of what became of clusters',
        eventBus: notices.bus,
        eventPattern: { source: [noticeSource], detailType: types },
        targets: [new SnsTopic(topic)],
      })
    const { all } = new Alarms(this, 'Alarms', { ...watched, topic })
    dashboard(this, watched, all)
    new CfnOutput(Stack.of(this), 'TopicArn', { value: topic.topicArn })
    new CfnOutput(Stack.of(this), 'EventBusName', { value: notices.bus.eventBusName })
  }

  /** Encrypted with the environment's key, or one of its own. */
  private ownTopic({ tlsOnly, name }: Environment, key?: IKey): ITopic {
    const masterKey = key ?? this.topicKey(name)
    const topic = new Topic(this, 'Topic', {
      displayName: `hpc-provisioner ${name}`,
      masterKey,
      enforceSSL: tlsOnly,
    })
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    )
    return topic
  }

  /** CloudWatch and EventBridge cannot use the key that AWS manages for SNS. */
  private topicKey(name: string): IKey {
    const key = new Key(this, 'TopicKey', {
      description: `Alarms and notices of hpc-provisioner, ${name}`,
      enableKeyRotation: true,
    })
    const stack = Stack.of(this)
    const conditions = {
      cloudwatch: { StringEquals: { 'aws:SourceAccount': stack.account } },
      // EventBridge tells SNS's key nothing of its own account: see encryption.ts.
      events: topicsOf(stack),
    }
    for (const [service, where] of Object.entries(conditions))
      key.addToResourcePolicy(
        new PolicyStatement({
          principals: [new ServicePrincipal(`${service}.amazonaws.com`)],
          actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
          // In a key's policy this is the key itself.
          resources: ['*'],
          conditions: where,
        }),
      )
    // To a key of ours CDK would add that EventBridge may use it for whatever topic.
    return Key.fromKeyArn(this, 'TopicKeyImported', key.keyArn)
  }
}
