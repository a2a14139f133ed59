// The description of the API says all that the contract says.
import { describe, expect, it } from 'vitest'
import { type Route, routes } from '../../core/contract.ts'
import { type ErrorCode, errorCodes } from '../../core/errors.ts'
import { openApi } from '../../core/openapi.ts'

type Operation = {
  operationId: string
  parameters: { name: string; in: string; required: boolean }[]
  requestBody?: { content: Record<string, { schema: { $ref?: string } }> }
  responses: Record<string, { description: string }>
}
const document = openApi('1.2.3')
const text = JSON.stringify(document)
const paths = document.paths as Record<string, Record<string, Operation>>
const operationOf = (name: keyof typeof routes) => {
  const { path, method } = routes[name]
  return paths[path]?.[method.toLowerCase()]
}
const names = Object.keys(routes) as (keyof typeof routes)[]

describe('the OpenAPI document', () => {
  it.each(names)('has %s with its success and its errors', (name) => {
    const operation = operationOf(name)
    const route: Route = routes[name]
    expect(operation?.operationId).toBe(route.dryRunOf ?? name)
    expect(operation?.responses[routes[name].status]).toBeDefined()
    for (const code of routes[name].errors as readonly ErrorCode[])
      expect(operation?.responses[errorCodes[code].status]?.description).toContain(code)
  })

  it.each(Object.keys(errorCodes) as ErrorCode[])('has the error %s with its meaning', (code) => {
    expect(text.includes(JSON.stringify(errorCodes[code].meaning).slice(1, -1))).toBe(true)
    expect(text.includes(`\`${code}\``)).toBe(true)
  })

  it.each(names)('has every parameter of %s', (name) => {
    const declared = operationOf(name)?.parameters.map((one) => one.name) ?? []
    const inPath = [...routes[name].path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter)
    expect(declared).toEqual(expect.arrayContaining(inPath))
    for (const one of operationOf(name)?.parameters ?? [])
      if (one.in === 'path') expect(one.required).toBe(true)
  })

  it('has the parameters that clients give', () => {
    expect(
      operationOf('listClusters')
        ?.parameters.map(({ name }) => name)
        .sort(),
    ).toEqual(['cursor', 'limit', 'status', 'virtualLab'])
    const create = operationOf('pclusterCreate')?.parameters ?? []
    expect(create.filter(({ required }) => required).map(({ name }) => name)).toEqual([
      'vlab_id',
      'project_id',
    ])
    expect(create.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['tier', 'include_lustre', 'benchmark', 'dev']),
    )
  })

  it('points nowhere that is not in it', () => {
    const { schemas } = document.components as { schemas: Record<string, unknown> }
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference)
    expect(references.length).toBeGreaterThan(5)
    const known = Object.keys(schemas).map((name) => `#/components/schemas/${name}`)
    expect(references.filter((reference) => !known.includes(reference ?? ''))).toEqual([])
    expect(['"$id"', '"definitions"', '"$defs"'].filter((key) => text.includes(key))).toEqual([])
  })
})
