// The API as an OpenAPI 3 document, made from the contract.

import { commonErrors, type Route, routes } from './contract.ts'
import { ErrorBody } from './error-body.ts'
import { type ErrorCode, errorCodes } from './errors.ts'
import * as z from './zod.ts'

type Json = Record<string, unknown>

export function openApi(version: string): Json & { openapi: string } {
  const paths: Record<string, Json> = {}
  for (const [operationId, route] of Object.entries<Route>(routes).filter(([, { dryRunOf }]) => !dryRunOf))
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(operationId, route) }
  return {
    openapi: '3.0.3',
    info: {
      title: 'ParallelCluster Provisioner',
      version,
      description: 'Private Slurm clusters on demand. Every request is signed with SigV4 for execute-api.',
    },
    paths,
    components: {
      schemas: namedSchemas(),
      securitySchemes: {
        sigv4: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
      },
    },
    security: [{ sigv4: [] }],
  }
}

const reference = (id: string) => `#/components/schemas/${id}`
const jsonSchema = (schema: z.ZodMiniType, io: 'input' | 'output'): Json => {
  const id = z.globalRegistry.get(schema)?.id
  if (id) return { $ref: reference(id) }
  const {
    $schema: _schema,
    definitions: _definitions,
    ...rest
  } = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io,
    unrepresentable: 'any',
  })
  // zod gives each schema definitions of its own; an OpenAPI document has one place for them all.
  return JSON.parse(JSON.stringify(rest).replaceAll('"#/definitions/', `"${reference('')}`))
}

function namedSchemas(): Json {
  const options = { target: 'openapi-3.0', io: 'input', uri: reference, unrepresentable: 'any' } as const
  const { schemas } = z.toJSONSchema(z.globalRegistry, options)
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $id: _id, $schema: _schema, ...schema }]) => [id, schema]),
  )
}

function operation(operationId: string, route: Route): Json {
  const dryRun = Object.values<Route>(routes).find(({ dryRunOf }) => dryRunOf === operationId)
  const errors = [
    ...new Set([...route.errors, ...(route.body ? (['RequestTooLarge'] as const) : []), ...commonErrors]),
  ]
  return {
    operationId,
    summary: route.summary,
    parameters: [
      ...parameters(route.params, 'path'),
      ...(dryRun ? [dryRunParameter] : parameters(route.query, 'query')),
    ],
    ...(route.body ? { requestBody: { required: true, content: requestContent(route, route.body) } } : {}),
    responses: {
      [route.status]: success(route),
      ...(dryRun ? { [dryRun.status]: success(dryRun, dryRun.summary) } : {}),
      ...errorResponses(errors),
    },
  }
}

const dryRunParameter = {
  name: 'dryRun',
  in: 'query',
  required: false,
  schema: { type: 'string', enum: ['true', 'false'] },
}

const requestContent = ({ textBody }: Route, body: z.ZodMiniType): Json =>
  textBody
    ? { 'text/yaml': { schema: { description: 'Any YAML: what is wrong with it is the answer.' } } }
    : { 'application/json': { schema: jsonSchema(body, 'input') } }

const success = ({ output }: Route, description = 'Success'): Json => ({
  description,
  content: { 'application/json': { schema: jsonSchema(output, 'output') } },
})

function parameters(schema: z.ZodMiniType, place: 'path' | 'query'): Json[] {
  const { properties = {} } = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input',
    unrepresentable: 'any',
  })
  const required = new Set((jsonSchema(schema, 'input').required as string[] | undefined) ?? [])
  return Object.entries(properties).map(([name, field]) => ({
    name,
    in: place,
    required: required.has(name),
    schema: field,
  }))
}

function errorResponses(codes: ErrorCode[]): Json {
  const byStatus = Map.groupBy(codes, (code) => errorCodes[code].status)
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, some]) => [
        status,
        {
          description: some.map((code) => `\`${code}\`: ${errorCodes[code].meaning}`).join('\n\n'),
          content: { 'application/json': { schema: jsonSchema(ErrorBody, 'output') } },
        },
      ]),
  )
}
