// What a deployment holds beside its stacks, given back once both are gone.
import type { Cluster, Leftover } from '../cluster.ts'
import type { Context } from '../context.ts'
import { kindOf } from '../errors.ts'
import { databaseUser, keyPairName, secretName } from '../names.ts'
import { rotationIds, trustedKeysObject } from '../rotation.ts'

type Holding = Omit<Leftover, 'reason'> & { remove: () => Promise<void> }

/** Its login to the accounting database, its keys of any time, and what tells its nodes of them. */
function holdingsOf({ cloud, site }: Context, cluster: Cluster): Holding[] {
  const secret = (logicalId: string, physicalId: string): Holding => ({
    logicalId,
    type: 'AWS::SecretsManager::Secret',
    physicalId,
    remove: () => cloud.deleteSecret(physicalId),
  })
  const login: Holding = {
    logicalId: 'AccountingLogin',
    type: 'Login',
    physicalId: databaseUser(cluster),
    remove: () => cloud.removeAccounting(cluster),
  }
  const trustedKeys: Holding = {
    logicalId: 'TrustedKeys',
    type: 'AWS::S3::Object',
    physicalId: trustedKeysObject(cluster),
    remove: () => cloud.deleteTrustedKeys(cluster),
  }
  const keyPair: Holding = {
    logicalId: 'KeyPair',
    type: 'AWS::EC2::KeyPair',
    physicalId: keyPairName(cluster),
    remove: () => cloud.deleteKeyPair(keyPairName(cluster)),
  }
  return [
    ...(site.accounting ? [login] : []),
    ...[...rotationIds(cluster), undefined].flatMap((id) => [
      secret('UserKey', secretName(cluster, 'user', id)),
      secret('AdminKey', secretName(cluster, 'admin', id)),
    ]),
    ...(cluster.rotation ? [trustedKeys] : []),
    keyPair,
  ]
}

/** Removes whatever there is of it. Answers what could not be removed, and why that of the first was so. */
export async function removeHoldings(
  context: Context,
  cluster: Cluster,
): Promise<{ left: Leftover[]; error?: unknown }> {
  const holdings = holdingsOf(context, cluster)
  const ends = await Promise.allSettled(holdings.map(({ remove }) => remove()))
  const left = holdings.flatMap(({ remove: _remove, ...what }, i): Leftover[] => {
    const end = ends[i]
    return end?.status === 'rejected' ? [{ ...what, reason: kindOf(end.reason) }] : []
  })
  const first = ends.find((end) => end.status === 'rejected')
  return first ? { left, error: first.reason } : { left }
}
