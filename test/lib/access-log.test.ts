// The access log of the API: who asked for what, refused or not, and nothing of what was in it.
import { expect, it } from 'vitest'
import { deploy } from './deployed.ts'

const { one, environment } = deploy('example')
const { AccessLogSetting, MethodSettings } = one('AWS::ApiGateway::Stage').Properties

it('is on, and expires with the other logs', () => {
  const group = one('AWS::Logs::LogGroup', 'Api/AccessLog')
  expect(AccessLogSetting.DestinationArn).toContain(group.id)
  expect(group.Properties.RetentionInDays).toBe(environment.logRetentionDays)
})

it('has the caller, the path, the answer and the reason of a refusal', () => {
  const line = JSON.parse(AccessLogSetting.Format)
  expect(Object.values(line)).toEqual(
    expect.arrayContaining(
      ['identity.userArn', 'path', 'status', 'error.responseType'].map((name) => `$context.${name}`),
    ),
  )
})

it('has no bodies, nor has any other log of API Gateway', () => {
  expect(AccessLogSetting.Format).not.toMatch(/body|input|authorization/i)
  for (const settings of MethodSettings)
    expect(settings).toMatchObject({ LoggingLevel: 'OFF', DataTraceEnabled: false })
})

it('is left out by data where there is no such thing', () => {
  const local = deploy('local')
  expect(local.environment.api.accessLog).toBe(false)
  for (const { Properties } of local.all('AWS::ApiGateway::Stage'))
    expect(Properties.AccessLogSetting).toBeUndefined()
  expect(local.all('AWS::ApiGateway::Account')).toEqual([])
})
