// What every verb and the reconciler work with.
import type { Cloud } from './cloud.ts'
import type { Output } from './contract.ts'
import type { Templates } from './render/templates.ts'
import type { Site } from './site.ts'

export type Context = {
  cloud: Cloud
  site: Site
  templates: Templates
  /** The description of the API, see openapi.ts. */
  openApi: () => Output<'getOpenApi'>
  /** The version of this service. */
  version: string
}
