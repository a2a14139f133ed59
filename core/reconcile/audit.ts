// What someone else may have done to the parts of a cluster that runs, looked for once an hour: what can be healed
// without a secret is healed, the rest is told once and stays on the cluster's record for as long as it is so.
import type { Cloud, NewEvent } from '../cloud.ts'
import type { Cluster, Failure } from '../cluster.ts'
import type { Context } from '../context.ts'
import { keyTags } from '../keys.ts'
import { databaseSecretName, keyPairName, secretName } from '../names.ts'
import { record } from './record.ts'

export async function audit(context: Context, cluster: Cluster): Promise<void> {
  const { cloud, site } = context
  const current = cluster.keys?.current
  const [keyPair, ...secrets] = await Promise.all([
    lookAtKeyPair(context, cluster),
    lookAtSecret(cloud, secretName(cluster, 'user', current?.user.rotationId), userKey),
    lookAtSecret(cloud, secretName(cluster, 'admin', current?.admin.rotationId), adminKey),
    ...(site.accounting && cluster.accounting
      ? [lookAtSecret(cloud, databaseSecretName(cluster), databasePassword)]
      : []),
  ])
  const problems = [keyPair.problem, ...secrets].filter((one) => one !== undefined)
  const before = cluster.problems ?? []
  const isNew = (one: Failure, known: Failure[]) => !known.some(({ reason }) => reason === one.reason)
  const events: NewEvent[] = [
    ...(keyPair.healed ? [healed] : []),
    ...problems.filter((one) => isNew(one, before)).map((one): NewEvent => ({ type: 'Failure', ...one })),
    ...before.filter((one) => isNew(one, problems)).map(overNow),
  ]
  await record(context, cluster, problems.length > 0 || before.length > 0 ? { problems } : {}, events)
}

/** New nodes are started with the key pair, so without it none is. Its public half is no secret. */
async function lookAtKeyPair(
  { cloud, site }: Context,
  cluster: Cluster,
): Promise<{ healed?: boolean; problem?: Failure }> {
  const name = keyPairName(cluster)
  if ((await cloud.getKeyPair(name)) === 'there') return {}
  const publicKey = cluster.keys?.current?.admin.publicKey
  if (!publicKey) return { problem: keyPairGone(name) }
  await cloud.importKeyPair(name, publicKey, keyTags(cluster, site.name))
  return { healed: true }
}

type Part = { reason: string; what: string; without: string; remedy: string }
const userKey: Part = {
  reason: 'UserKey',
  what: "The secret with the user's private key",
  without: 'Whoever has no copy of the key cannot log in.',
  remedy: 'Give the cluster new keys, or delete it.',
}
const adminKey: Part = {
  reason: 'AdminKey',
  what: "The secret with the admin's private key",
  without: 'Whoever has no copy of the key cannot log in as the admin.',
  remedy: 'Give the cluster new keys, or delete it.',
}
const databasePassword: Part = {
  reason: 'DatabasePassword',
  what: 'The secret with the password of the accounting database',
  without: 'Accounting goes on until slurmdbd is configured anew, as by an update.',
  remedy: 'Delete the cluster and create it again before it is updated.',
}

async function lookAtSecret(
  cloud: Cloud,
  name: string,
  { reason, what, without, remedy }: Part,
): Promise<Failure | undefined> {
  const state = await cloud.getSecretState(name)
  if (state === 'absent')
    return { reason: `${reason}Gone`, message: `${what} was deleted by someone else. ${without} ${remedy}` }
  if (state === 'leaving')
    return {
      reason: `${reason}Leaving`,
      message: `${what} is scheduled for deletion by someone else, and cannot be read. Undo it with: aws secretsmanager restore-secret --secret-id ${name}`,
    }
  return undefined
}

const keyPairGone = (name: string): Failure => ({
  reason: 'KeyPairGone',
  message: `The key pair ${name} was deleted by someone else, and no node starts without it. Give the cluster new keys, or delete it.`,
})
const healed: NewEvent = {
  type: 'Progress',
  message: 'The key pair of the cluster was deleted by someone else, and was imported again.',
}
const overNow = ({ reason }: Failure): NewEvent => ({
  type: 'Progress',
  message: `What was told as ${reason} is over.`,
})
