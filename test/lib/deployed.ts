// The app as CloudFormation would see it: synthesised without an account, its references filled in with names of the
// length that they have on AWS.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import type { CloudAssembly } from 'aws-cdk-lib/cx-api'
import { afterAll } from 'vitest'
import { environmentNamed } from '../../bin/app.ts'
import type { Site } from '../../core/site.ts'
import { functionEntries } from '../../lib/bundle.ts'
import type { Environment } from '../../lib/environment.ts'
import { provisioner } from '../../lib/provisioner.ts'
import { wholeSite } from '../../lib/site.ts'
import type { Statement } from './iam.ts'
import { type Part, resolve, type Template } from './resolve.ts'

export type Resource = {
  id: string
  /** The construct's path within its stack. */
  path: string
  Type: string
  // biome-ignore lint/suspicious/noExplicitAny: what a resource type has is its own affair; tests look at it as JSON.
  Properties: Record<string, any>
  [attribute: string]: unknown
}
export type Deployed = {
  environment: Environment
  app: App
  assembly: CloudAssembly
  account: string
  /** All resources of one type, over all stacks. */
  all: (type: string) => Resource[]
  /** The only resource of its type or, where there are more, the one at this path within its stack. */
  one: (type: string, path?: string) => Resource
  everything: Resource[]
}

// CDK's own rules would be read each time (seconds), and `cdk synth` reads them anyway.
process.env.CDK_VALIDATION = 'false'

const root = join(import.meta.dirname, '..', '..')
const scratch = mkdtempSync(join(tmpdir(), 'provisioner-synth-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const bundles = emptyBundles()

/** Synthesises an environment, with changes; what is asked for by `-c` is in `context`. */
export function deploy(
  name: string,
  change: (environment: Environment) => Environment = (same) => same,
): Deployed {
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'))
  const outdir = mkdtempSync(join(scratch, 'out-'))
  const app = new App({ context: { ...context, 'aws:cdk:enable-path-metadata': true }, outdir })
  const environment = change(environmentNamed(name, app))
  provisioner(app, environment, { bundles, scripts: join(root, 'cluster-configs/scripts'), version: '1.2.3' })
  const assembly = app.synth()
  const account = environment.account ?? '123456789012'
  const at = { account, region: environment.region }
  const parts: Part[] = assembly.stacks.map(({ stackName, template }) => ({ stackName, template }))
  const everything = parts.flatMap((part) =>
    Object.entries((part.template as Template).Resources).map(([id, raw]) => {
      const resource = resolve(raw, part, parts, at) as Resource & { Metadata?: Record<string, string> }
      const path = resource.Metadata?.['aws:cdk:path']
        ?.split('/')
        .slice(1)
        .join('/')
        .replace(/\/Resource$/, '')
      return { ...resource, id, path: path ?? '' }
    }),
  )
  const all = (type: string) => everything.filter(({ Type }) => Type === type)
  return {
    environment,
    app,
    assembly,
    account,
    everything,
    all,
    one(type, path) {
      const found = all(type).filter((resource) => path === undefined || resource.path === path)
      if (found.length !== 1 || !found[0])
        throw new Error(`There are ${found.length} resources ${type} at ${path ?? 'any path'}.`)
      return found[0]
    },
  }
}

/** The site as a function reads it. */
export function siteOf({ one, environment }: Deployed, path = 'Functions/Api'): Site {
  const { SITE } = one('AWS::Lambda::Function', path).Properties.Environment.Variables
  return wholeSite(environment, JSON.parse(SITE))
}

/** What the policies of the role at this path say. */
export function statementsOf({ one, all }: Deployed, path: string): Statement[] {
  const role = one('AWS::IAM::Role', path)
  const { ManagedPolicyArns, Policies } = role.Properties
  if (ManagedPolicyArns || Policies) throw new Error(`${path} has policies that are not read here.`)
  const attached = all('AWS::IAM::Policy').filter(({ Properties }) =>
    Properties.Roles.some((name: string) => name.includes(role.id)),
  )
  if (attached.length === 0) throw new Error(`${path} has no policy.`)
  return attached.flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[])
}

function emptyBundles(): string {
  const folder = mkdtempSync(join(scratch, 'bundles-'))
  for (const name of Object.keys(functionEntries)) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'index.mjs'), `export const handler = () => '${name}'`)
  }
  copyFileSync(join(root, 'lambdas/Dockerfile'), join(folder, 'Dockerfile'))
  return folder
}
