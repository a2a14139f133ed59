// The stacks of one environment, and what each takes from the others.
import { type App, type Stack, Tags, Validations } from 'aws-cdk-lib'
import { AccountingStack } from './accounting-stack.ts'
import { EncryptionStack } from './encryption.ts'
import type { Environment } from './environment.ts'
import { allCallers } from './environment-api.ts'
import { LocalCallerStack } from './local-caller-stack.ts'
import { acceptEmulator, NagRules } from './nag.ts'
import { NetworkStack } from './network-stack.ts'
import { ServiceStack } from './service-stack.ts'
import { environmentTag } from './stack-role.ts'
import { StorageStack } from './storage-stack.ts'

export type Build = {
  /** The folder of the functions' bundles. */
  bundles: string
  /** The folder of the node scripts. */
  scripts: string
  /** The service's version. */
  version: string
}

export function provisioner(
  app: App,
  environment: Environment,
  { bundles, scripts, version }: Build,
): Stack[] {
  const { name, region, account, provider } = environment
  // local/deploy.ts goes by these names.
  const stack = (part: string) => `hpc-provisioner-${name}-${part}`
  const props = {
    env: { region, ...(account ? { account } : {}) },
    description: `ParallelCluster Provisioner, ${name}`,
  }
  Tags.of(app).add(environmentTag, name)
  Validations.of(app).addPlugins(new NagRules())
  if (provider.kind === 'local') acceptEmulator(app)

  const { retainData, api } = environment
  const encryption =
    environment.encryption === 'customer'
      ? new EncryptionStack(app, stack('encryption'), {
          ...props,
          name,
          retainData,
          callers: allCallers(api),
        })
      : undefined
  const keyed = encryption ? { key: encryption.key } : {}
  const network = new NetworkStack(app, stack('network'), {
    ...props,
    network: environment.network,
    api: environment.api,
    logRetentionDays: environment.logRetentionDays,
    ...keyed,
  })
  const storage = new StorageStack(app, stack('storage'), {
    ...props,
    vpc: network.vpc,
    network: environment.network,
    data: environment.storage,
    retainData,
    tlsOnly: environment.tlsOnly,
    scriptsFolder: scripts,
    ...keyed,
  })
  const accounting = environment.accounting
    ? new AccountingStack(app, stack('accounting'), {
        ...props,
        environment,
        accounting: environment.accounting,
        vpc: network.vpc,
        bundles,
        ...keyed,
      })
    : undefined
  const service = new ServiceStack(app, stack('service'), {
    ...props,
    environment,
    network: network.facts,
    storage: storage.storage,
    accounting,
    scripts: storage.scripts,
    bundles,
    version,
    ...keyed,
  })
  const caller =
    provider.kind === 'local'
      ? [new LocalCallerStack(app, stack('caller'), { ...props, userName: provider.caller })]
      : []
  const optional = [encryption, accounting].filter((one) => one !== undefined)
  return [...optional, network, storage, service, ...caller]
}
