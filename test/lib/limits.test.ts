// Limits per caller: an address for each group of callers, which nobody else may use and whose use costs no other; and
// API Gateway's own refusals in the API's one shape.
import { describe, expect, it } from 'vitest'
import { ErrorBody } from '../../core/error-body.ts'
import { type ErrorCode, errorCodes } from '../../core/errors.ts'
import * as z from '../../core/zod.ts'
import { Environment } from '../../lib/environment.ts'
import { deploy, type Resource } from './deployed.ts'
import { evaluate, list, type Statement } from './iam.ts'

const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`
const operators = { callers: [role('operators')], throttle: { rate: 2, burst: 4 } }
const withStages = (stages: object) =>
  deploy('example', (environment) =>
    Environment.parse({ ...environment, api: { ...environment.api, stages } }),
  )
const { all, one } = withStages({ operators })
const stage = (name: string) =>
  all('AWS::ApiGateway::Stage').find(({ Properties }) => Properties.StageName === name)?.Properties ?? {}
type Setting = Record<string, unknown>
const limitOf = (name: string, path = '/*', method = '*') => {
  const settings: Setting[] = stage(name).MethodSettings
  const own = settings.find(({ ResourcePath, HttpMethod }) => ResourcePath === path && HttpMethod === method)
  return [own?.ThrottlingRateLimit, own?.ThrottlingBurstLimit]
}

describe('each group of callers', () => {
  const statements: Statement[] = one('AWS::ApiGateway::RestApi').Properties.Policy.Statement
  const policy = statements.map((statement) => ({
    ...statement,
    Resource: list(statement.Resource ?? []).map((resource) =>
      resource.replace(/^execute-api:\//, 'arn:aws:execute-api:eu-west-1:123456789012:abcde12345/'),
    ),
  }))
  const says = (caller: string, stageName: string) =>
    evaluate(policy, {
      action: 'execute-api:Invoke',
      resource: `arn:aws:execute-api:eu-west-1:123456789012:abcde12345/${stageName}/GET/v1/clusters`,
      context: { 'aws:PrincipalArn': role(caller) },
    })

  it.each([
    ['workflow-service', 'example', 'allowed'],
    ['operators', 'operators', 'allowed'],
    ['workflow-service', 'operators', 'denied'],
    ['operators', 'example', 'denied'],
    ['Administrator', 'example', 'denied'],
    ['Administrator', 'operators', 'denied'],
    ['Administrator', 'test-invoke-stage', 'denied'],
  ])('%s at the address %s: %s', (caller, name, answer) => {
    expect(says(caller, name)).toBe(answer)
  })

  it('has limits of its own, at the same deployment', () => {
    expect(limitOf('example')).toEqual([50, 100])
    expect(limitOf('operators')).toEqual([2, 4])
    expect(stage('operators').DeploymentId).toBe(stage('example').DeploymentId)
    expect(stage('operators').AccessLogSetting).toEqual(stage('example').AccessLogSetting)
  })

  it('may ask less of what costs much, and never more of it than of all', () => {
    expect(limitOf('example', '/~1v1~1preflight', 'GET')).toEqual([1, 5])
    expect(limitOf('example', '/~1v1~1configurations~1validate', 'POST')).toEqual([5, 10])
    expect(limitOf('operators', '/~1v1~1configurations~1validate', 'POST')).toEqual([2, 4])
  })

  it('logs no bodies', () => {
    for (const { MethodSettings } of [stage('example'), stage('operators')])
      for (const settings of MethodSettings)
        expect(settings).toMatchObject({ LoggingLevel: 'OFF', DataTraceEnabled: false })
  })

  it('has another name than the environment', () => {
    expect(() => withStages({ example: operators })).toThrow(/another name/)
  })

  it('is there on a laptop, to see what a caller meets that asks too often', () => {
    const local = deploy('local').all('AWS::ApiGateway::Stage')
    expect(local.map(({ Properties }) => Properties.StageName).sort()).toEqual(['local', 'slow'])
  })
})

describe("API Gateway's own answer", () => {
  const answers = all('AWS::ApiGateway::GatewayResponse')
  const answer = (type: string): Resource => {
    const found = answers.find(({ Properties }) => Properties.ResponseType === type)
    if (!found) throw new Error(`There is no answer ${type}.`)
    return found
  }
  /** As it is filled in, with a hostile sentence where there is one of API Gateway's. */
  const bodyOf = ({ Properties }: Resource) =>
    Properties.ResponseTemplates['application/json']
      .replace('$context.error.messageString', JSON.stringify('The "signature"\nis not'))
      .replace('$context.requestId', 'request-1')

  it.each(answers.map((one) => [one.Properties.ResponseType, one]))('%s is in the one shape', (_, one) => {
    const body = z.strictObject(ErrorBody.shape).parse(JSON.parse(bodyOf(one as Resource)))
    expect(Object.keys(errorCodes)).toContain(body.code)
  })

  it.each<[type: string, code: ErrorCode]>([
    ['THROTTLED', 'TooManyRequests'],
    ['REQUEST_TOO_LARGE', 'RequestTooLarge'],
    ['ACCESS_DENIED', 'Forbidden'],
    ['MISSING_AUTHENTICATION_TOKEN', 'Forbidden'],
    ['INVALID_SIGNATURE', 'Forbidden'],
    ['INTEGRATION_TIMEOUT', 'Unavailable'],
    ['DEFAULT_5XX', 'Internal'],
  ])('%s is %s', (type, code) => {
    expect(JSON.parse(bodyOf(answer(type))).code).toBe(code)
  })

  it('to who asks too often says when to ask again', () => {
    const { ResponseParameters } = answer('THROTTLED').Properties
    expect(ResponseParameters['gatewayresponse.header.Retry-After']).toMatch(/^'\d+'$/)
  })

  it('about a failure says nothing of its inside', () => {
    for (const type of ['DEFAULT_5XX', 'INTEGRATION_FAILURE', 'INTEGRATION_TIMEOUT'])
      expect(bodyOf(answer(type))).not.toContain('signature')
  })
})
