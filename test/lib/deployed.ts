// The app as CloudFormation would see it: synthesised without an account, its references filled in with names of the
// length that they have on AWS.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import type { CloudAssembly } from 'aws-cdk-lib/cx-api'
import { environmentNamed } from '../../bin/app.ts'
import type { Environment } from '../../lib/environment.ts'
import { provisioner } from '../../lib/provisioner.ts'
import type { Statement } from './iam.ts'
import { type Part, resolve, type Template } from './resolve.ts'

export type Resource = {
  id: string
  Type: string
  // biome-ignore lint/suspicious/noExplicitAny: what a resource type has is its own affair; tests look at it as JSON.
  Properties: Record<string, any>
  [attribute: string]: unknown
}
export type Deployed = {
  environment: Environment
  assembly: CloudAssembly
  account: string
  /** All resources of one type, over all stacks. */
  all: (type: string) => Resource[]
  /** The only resource of its type whose id begins so. */
  one: (type: string, idPrefix?: string) => Resource
  everything: Resource[]
}

const root = join(import.meta.dirname, '..', '..')
const bundles = emptyBundles()

/** Synthesises an environment, with changes; what is asked for by `-c` is in `context`. */
export function deploy(
  name: string,
  change: (environment: Environment) => Environment = (same) => same,
): Deployed {
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'))
  const outdir = mkdtempSync(join(tmpdir(), 'synth-'))
  const app = new App({ context: { ...context, '@aws-cdk/core:validateAgainstDefaultRules': false }, outdir })
  const environment = change(environmentNamed(name, app))
  provisioner(app, environment, { bundles, scripts: join(root, 'cluster-configs/scripts'), version: '1.2.3' })
  const assembly = app.synth()
  const account = environment.account ?? '123456789012'
  const at = { account, region: environment.region }
  const parts: Part[] = assembly.stacks.map(({ stackName, template }) => ({ stackName, template }))
  const everything = parts.flatMap((part) =>
    Object.entries((part.template as Template).Resources).map(
      ([id, resource]) => ({ ...(resolve(resource, part, parts, at) as object), id }) as Resource,
    ),
  )
  const all = (type: string) => everything.filter(({ Type }) => Type === type)
  return {
    environment,
    assembly,
    account,
    everything,
    all,
    one(type, idPrefix = '') {
      const found = all(type).filter(({ id }) => id.startsWith(idPrefix))
      if (found.length !== 1 || !found[0])
        throw new Error(`There are ${found.length} resources ${type} whose id begins with "${idPrefix}".`)
      return found[0]
    },
  }
}

/** What the policies of the one role whose id begins so say. */
export function statementsOf({ one, all, account }: Deployed, idPrefix: string): Statement[] {
  const role = one('AWS::IAM::Role', idPrefix)
  if (role.Properties.ManagedPolicyArns)
    throw new Error(`${role.id} has managed policies, which are not read here.`)
  const inline = (role.Properties.Policies ?? []) as { PolicyDocument: { Statement: Statement[] } }[]
  const attached = all('AWS::IAM::Policy').filter(({ Properties }) =>
    Properties.Roles.some((name: string) => name.includes(role.id)),
  )
  if (!account || attached.length === 0) throw new Error(`${role.id} has no policy.`)
  return [
    ...inline,
    ...attached.map(({ Properties }) => Properties as { PolicyDocument: { Statement: Statement[] } }),
  ].flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
}

function emptyBundles(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bundles-'))
  for (const name of ['api', 'reconcile', 'sweep', 'forward']) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'index.mjs'), `export const handler = () => '${name}'`)
  }
  return folder
}
