// An account in memory: things with tags, as the sweeper finds and deletes them.
import type { Cloud } from '../../../core/cloud.ts'
import {
  clusterName,
  type Deployment,
  ownerTags,
  secretName,
  stackName,
  type Tenant,
} from '../../../core/names.ts'
import type { Found } from '../../../core/orphans/owner.ts'
import { type Orphan, type OrphanKind, orphanKinds } from '../../../core/orphans/report.ts'
import type { Leftovers } from '../../../core/orphans/sweep-orphans.ts'
import { trustedKeysObject } from '../../../core/rotation.ts'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
let made = 0

/** A deployment id of that time, as `newDeploymentId` gives it. */
export function idAt(time: number): string {
  let [rest, text] = [time, '']
  for (let i = 0; i < 10; i++) {
    text = alphabet[rest % 32] + text
    rest = Math.floor(rest / 32)
  }
  const own = Array.from(String(++made).padStart(16, '0'), (digit) => alphabet[Number(digit)])
  return text + own.join('')
}

export type Past = Tenant & Deployment
export const pastOf = (project: string, time: number): Past => {
  const tenant = { virtualLab: 'lab', project }
  return { ...tenant, name: clusterName(tenant), deploymentId: idAt(time) }
}

/** The id of one of the deployment's things. */
const idOf = (kind: OrphanKind, of: Past): string => {
  if (kind === 'stack' || kind === 'keyPair') return stackName(of)
  if (kind === 'parallelClusterStack') return of.name
  if (kind === 'secret') return secretName(of, 'user')
  if (kind === 'databaseLogin') return `hpc-provisioner/${of.name}/${of.deploymentId}/database-password`
  if (kind === 'trustedKeys') return trustedKeysObject(of)
  if (kind === 'policy') return `arn:aws:iam::1:policy/parallelcluster/${stackName(of)}-JobLogPolicy-AbCd`
  return kind === 'slot' ? String(++made) : `${kind}-${++made}`
}

export const aThing = (kind: OrphanKind, of: Past, tags: Record<string, string> = {}): Found =>
  kind === 'slot' || kind === 'trustedKeys'
    ? { kind, id: idOf(kind, of), tags: {}, row: { name: of.name, deploymentId: of.deploymentId } }
    : { kind, id: idOf(kind, of), tags: { ...ownerTags(of), ...tags } }

/** An account that holds these things; `refuses` fails a look or a deletion. */
export function anAccount(things: Found[], kinds: readonly OrphanKind[] = orphanKinds) {
  const account = {
    things: [...things],
    removed: [] as string[],
    refuses: (_what: 'find' | 'remove', _kind: OrphanKind): Error | undefined => undefined,
    /** What happens between the look and the deletion. */
    meanwhile: async () => {},
  }
  const leftovers: Leftovers = {
    kinds,
    async find(kind) {
      const error = account.refuses('find', kind)
      if (error) throw error
      return account.things.filter((one) => one.kind === kind)
    },
    async remove({ kind, id }: Orphan) {
      await account.meanwhile()
      const error = account.refuses('remove', kind)
      if (error) throw error
      account.removed.push(`${kind} ${id}`)
      account.things = account.things.filter((one) => one.kind !== kind || one.id !== id)
      return kind === 'stack' ? 'deleting' : 'deleted'
    },
  }
  return { account, leftovers }
}

/** A cloud that knows every deployment by its history, and has these records. */
export const knowing = (cloud: Cloud, all: Past[]): Cloud => ({
  ...cloud,
  listEvents: async ({ name }) => ({
    items: all
      .filter((one) => one.name === name)
      .map((one, i) => ({
        ...one,
        id: String(i),
        cluster: one.name,
        at: cloud.now().toISOString(),
        type: 'Wish' as const,
        message: 'Somebody asked.',
      })),
  }),
})
