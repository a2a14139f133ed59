// What a cluster whose record was lost leaves behind, and the sweeper that deletes it.
import type { Context } from '../../../core/context.ts'
import { clusterName, databaseSecretName, ownerTags, stackName } from '../../../core/names.ts'
import type { Found } from '../../../core/orphans/owner.ts'
import type { Orphan, OrphanKind } from '../../../core/orphans/report.ts'
import { type Leftovers, sweepOrphans } from '../../../core/orphans/sweep-orphans.ts'
import { trustedKeysObject } from '../../../core/rotation.ts'
import { aName, wishFor } from '../../wishes.ts'
import type { World } from '../../world.ts'
import { insist, make, renew, type Scenario } from './living.ts'

/** The world's deployment ids are of 2033; the sweeper's clock is for their age only. */
const now = () => new Date('2034-01-01T00:00:00Z')

/** The record goes, as by somebody's hand, and with it what is counted of it. */
function lose(world: World, name: string): void {
  const before = world.clusters.get(name)
  if (!before) return
  world.clusters.delete(name)
  world.operations.prepare({ before, after: undefined, events: [] })?.()
}

function leftoversOf(world: World, { cloud }: Context): Leftovers {
  const all = world.events.map(({ cluster: name, ...of }) => ({ ...of, name }))
  const deployments = [...new Map(all.map((of) => [of.deploymentId, of])).values()]
  const there = (kind: OrphanKind, holds: (of: (typeof deployments)[number]) => string | undefined) =>
    deployments.flatMap((of): Found[] => {
      const id = holds(of)
      return id ? [{ kind, id, tags: ownerTags(of) }] : []
    })
  const named = (kind: OrphanKind, names: { has: (name: string) => boolean }, nameOf: typeof stackName) =>
    there(kind, (of) => (names.has(nameOf(of)) ? nameOf(of) : undefined))
  const finders: Partial<Record<OrphanKind, () => Found[]>> = {
    stack: () => named('stack', world.stacks.own, stackName),
    databaseLogin: () => named('databaseLogin', world.database.logins, databaseSecretName),
    keyPair: () => named('keyPair', world.keyPairs, stackName),
    trustedKeys: () =>
      there('trustedKeys', (of) =>
        world.nodes.texts.has(stackName(of)) ? trustedKeysObject(of) : undefined,
      ).map(({ id, kind }) => {
        const [name = '', deploymentId = ''] = id.split('/')
        return { kind, id, tags: {}, row: { name, deploymentId } }
      }),
    secret: () => [...world.secrets].map(([id, { tags }]) => ({ kind: 'secret', id, tags })),
    slot: () =>
      [...world.slots].map(([slot, { cluster: name, deploymentId }]) => {
        return { kind: 'slot', id: String(slot), tags: {}, row: { name, deploymentId } }
      }),
  }
  const of = ({ cluster: name, deployment: deploymentId }: Orphan) => ({ name, deploymentId })
  const removers: Partial<Record<OrphanKind, (orphan: Orphan) => unknown>> = {
    stack: ({ id }) => cloud.deleteStack(id),
    databaseLogin: (orphan) => cloud.removeAccounting(of(orphan)),
    keyPair: ({ id }) => cloud.deleteKeyPair(id),
    trustedKeys: (orphan) => cloud.deleteTrustedKeys(of(orphan)),
    secret: ({ id }) => cloud.deleteSecret(id),
    slot: ({ id, deployment }) =>
      world.slots.get(Number(id))?.deploymentId === deployment && world.slots.delete(Number(id)),
  }
  return {
    kinds: Object.keys(finders) as OrphanKind[],
    find: async (kind) => finders[kind]?.() ?? [],
    async remove(orphan) {
      await removers[orphan.kind]?.(orphan)
      return orphan.kind === 'stack' ? 'deleting' : 'deleted'
    },
  }
}

/** Asks again while something waits, as who reads the report does. */
async function sweep(world: World): Promise<void> {
  for (let rounds = 0; rounds < 5; rounds++) {
    await insist(world, async ({ context }) => {
      const { site } = world
      const cloud = { ...context.cloud, now }
      const leftovers = leftoversOf(world, context)
      await sweepOrphans({ cloud, site, leftovers }, { olderThanHours: 24, remove: 'asked' })
    })
    await world.advance(45)
  }
}

export const orphans: Scenario[] = [
  {
    name: 'a record is lost, and orphans are swept beside a cluster that is there',
    live: async (world) => {
      await make(world, wishFor('a'))
      await make(world)
      await world.advance(120)
      await renew(world)
      await world.advance(60)
      lose(world, aName)
      await sweep(world)
    },
    end: { [clusterName(wishFor('a'))]: 'CREATE_COMPLETE' },
  },
  {
    name: 'a record is lost, the cluster is asked for again, and orphans are swept',
    live: async (world) => {
      await make(world)
      await world.advance(120)
      lose(world, aName)
      await make(world)
      await world.advance(10)
      await sweep(world)
      await world.advance(120)
    },
    end: { [aName]: 'CREATE_COMPLETE' },
  },
]
