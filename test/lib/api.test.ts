// The REST API: every route of the contract, nothing unsigned, and an answer of ours to everything else.
import { describe, expect, it } from 'vitest'
import { type Route, routes } from '../../core/contract.ts'
import { deploy } from './deployed.ts'

const example = deploy('example')
const { all, one } = example
const restApi = one('AWS::ApiGateway::RestApi')
const handler = one('AWS::Lambda::Function', 'Functions/Api')
const methods = all('AWS::ApiGateway::Method')

/** Paths by the name of their resource; the root has the empty one. */
const paths = new Map<string, string>()
const resources = all('AWS::ApiGateway::Resource')
const pathOf = (resourceId: string): string => {
  const resource = resources.find(({ id }) => resourceId.includes(`-${id}-`))
  return resource ? `${pathOf(resource.Properties.ParentId)}/${resource.Properties.PathPart}` : ''
}
for (const { Properties } of methods) paths.set(Properties.ResourceId, pathOf(Properties.ResourceId))

/** The methods of the resource that API Gateway chooses: the most literal one whose path fits. */
function methodsFor(path: string): string[] {
  const segments = path.split('/').filter(Boolean)
  const fits = (template: string) => {
    const wanted = template.split('/').filter(Boolean)
    if (wanted.at(-1) === '{proxy+}') return segments.length >= wanted.length
    return (
      wanted.length === segments.length &&
      wanted.every((one, i) => one.startsWith('{') || one === segments[i])
    )
  }
  const literal = (template: string) => template.split('/').filter((part) => !part.startsWith('{')).length
  const [best] = [...paths.values()].filter(fits).sort((a, b) => literal(b) - literal(a))
  return methods
    .filter(({ Properties }) => paths.get(Properties.ResourceId) === best)
    .map(({ Properties }) => Properties.HttpMethod)
}

describe('the API', () => {
  it('asks for a signature at every method of every resource', () => {
    expect(methods.length).toBeGreaterThan(Object.keys(routes).length)
    for (const { id, Properties } of methods)
      expect([id, Properties.AuthorizationType]).toEqual([id, 'AWS_IAM'])
  })

  it.each(Object.values(routes).map(({ method, path }) => [method, path]))('has %s %s', (method, path) => {
    const own = methods.filter(({ Properties }) => paths.get(Properties.ResourceId) === path)
    expect(own.map(({ Properties }) => Properties.HttpMethod)).toContain(method)
  })

  it.each([
    ['/', 'the root'],
    ['/v1', 'a path in between'],
    ['/nowhere', 'an unknown path'],
    ['/v1/clusters/a/b/c', 'an unknown path below a known one'],
  ])('brings every method of %s to the function: %s', (path) => {
    expect(methodsFor(path)).toContain('ANY')
  })

  it('brings a wrong method of a known path to the function', () => {
    for (const { path } of Object.values(routes))
      expect([path, methodsFor(path)]).toEqual([path, expect.arrayContaining(['ANY'])])
  })

  it('has one function behind everything but single routes, which API Gateway may call for this API only', () => {
    const elsewhere = Object.values<Route>(routes).filter(({ servedBy }) => servedBy)
    expect(elsewhere.map(({ method, path, servedBy }) => [method, path, servedBy])).toEqual([
      ['GET', '/v1/preflight', 'preflight'],
      ['GET', '/v1/orphans', 'orphans'],
      ['DELETE', '/v1/orphans', 'orphans'],
    ])
    const idOf = { preflight: 'Preflight', orphans: 'Orphans' }
    for (const { id, Properties } of methods) {
      const path = paths.get(Properties.ResourceId)
      const { servedBy } =
        elsewhere.find((route) => route.path === path && route.method === Properties.HttpMethod) ?? {}
      expect([id, Properties.Integration]).toEqual([
        id,
        expect.objectContaining({
          Type: 'AWS_PROXY',
          Uri: expect.stringContaining(
            servedBy ? one('AWS::Lambda::Function', `Functions/${idOf[servedBy]}`).id : handler.id,
          ),
        }),
      ])
    }
    const permissions = all('AWS::Lambda::Permission').filter(
      ({ Properties }) => Properties.Principal === 'apigateway.amazonaws.com',
    )
    expect(permissions.length).toBeGreaterThan(0)
    for (const { Properties } of permissions) expect(Properties.SourceArn).toContain(restApi.id)
  })

  it('slows down who calls too often', () => {
    const [settings] = one('AWS::ApiGateway::Stage').Properties.MethodSettings
    expect(settings).toMatchObject({ HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 50 })
  })
})
