// When preflight runs, who hears of what it finds, and what it is told to expect.
import { describe, expect, it } from 'vitest'
import { Expected } from '../../core/preflight/questions.ts'
import { checkNames } from '../../core/preflight/report.ts'
import { deploy } from './deployed.ts'

const { all, one, account, environment } = deploy('example')
const handler = one('AWS::Lambda::Function', 'Functions/Preflight')
const expectedBy = (deployed: ReturnType<typeof deploy>): Expected =>
  Expected.parse(
    JSON.parse(
      deployed.one('AWS::Lambda::Function', 'Functions/Preflight').Properties.Environment.Variables.PREFLIGHT,
    ),
  )
const target = [expect.objectContaining({ Arn: expect.stringContaining(handler.id) })]

describe('preflight', () => {
  it('runs every day, and once more when its stack is deployed', () => {
    const daily = one('AWS::Events::Rule', 'Preflight/EveryDay').Properties
    expect(daily).toMatchObject({ ScheduleExpression: 'rate(1 day)', State: 'ENABLED', Targets: target })
    const deployed = one('AWS::Events::Rule', 'Preflight/Deployed').Properties
    expect(deployed.Targets).toEqual(target)
    expect(deployed.EventPattern.detail).toEqual({
      'stack-id': [
        { prefix: `arn:aws:cloudformation:eu-west-1:${account}:stack/hpc-provisioner-example-service/` },
      ],
      'status-details': { status: ['CREATE_COMPLETE', 'UPDATE_COMPLETE'] },
    })
  })

  it('cannot fail a deployment: no resource of a stack waits for it', () => {
    expect(all('AWS::Lambda::Function').map(({ path }) => path)).toContain('Functions/Preflight')
    const custom = all('AWS::CloudFormation::CustomResource').length + all('Custom::Trigger').length
    expect(custom).toBe(0)
  })

  it('raises an alarm for a single run with an error, which lasts until a day without', () => {
    const { Properties } = one('AWS::CloudWatch::Alarm', 'Monitoring/Alarms/Preflight')
    expect(Properties).toMatchObject({
      MetricName: 'Errors',
      Namespace: 'AWS/Lambda',
      Period: 86_400,
      Statistic: 'Sum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
      AlarmDescription: expect.stringContaining('Users notice'),
    })
    expect(JSON.stringify(Properties.Dimensions)).toContain(handler.id)
  })

  it('knows every endpoint and peering that was deployed', () => {
    const expected = expectedBy(deploy('example'))
    const endpoints = all('AWS::EC2::VPCEndpoint').map(({ Properties }) =>
      Properties.ServiceName.replace(`com.amazonaws.${environment.region}.`, ''),
    )
    expect(expected.endpoints.toSorted()).toEqual(endpoints.toSorted())
    expect(expected.peers.map(({ vpcId }) => vpcId)).toEqual(
      all('AWS::EC2::VPCPeeringConnection').map(({ Properties }) => Properties.PeerVpcId),
    )
    expect(expected.checks).toEqual(checkNames)
  })

  it('looks at less where an emulator has less, by data', () => {
    const local = deploy('local')
    expect(expectedBy(local).checks).toEqual(local.environment.preflight)
    expect(local.environment.preflight).not.toContain('quotas')
  })
})
