// Accounting in the life of a cluster: prepared before its stack, the same in each update, removed at its end.
import { describe, expect, it } from 'vitest'
import { databaseName } from '../../../core/names.ts'
import { planOf } from '../../../core/plan.ts'
import { aName, aWish, create, remove, update } from '../../wishes.ts'
import { makeWorld } from '../../world.ts'
import { accountingSite, aSite } from '../samples.ts'

const slurmSettings = (world: ReturnType<typeof makeWorld>) => {
  const { deploymentId } = world.clusters.get(aName) ?? {}
  const stack = world.stacks.own.get(`${aName}-${deploymentId}`)
  return JSON.parse(stack?.configuration ?? '{}').Scheduling.SlurmSettings
}
const names = (world: ReturnType<typeof makeWorld>) => world.calls.map(({ name }) => name)

describe('a cluster with accounting', () => {
  it('has its access before its stack is begun, and the stack says what is on record', async () => {
    const world = makeWorld(accountingSite())
    await create(world)
    await world.advance(900)
    expect(names(world).indexOf('prepareAccounting')).toBeLessThan(names(world).indexOf('createStack'))
    const access = world.clusters.get(aName)?.accounting
    expect(slurmSettings(world)).toMatchObject({
      Database: {
        Uri: 'db:3306',
        DatabaseName: databaseName(aName),
        UserName: access?.userName,
        PasswordSecretArn: access?.passwordSecretArn,
      },
      CustomSlurmSettings: [{ FirstJobId: 1 }],
    })
  })

  it('keeps password and first job id through an update, whatever jobs ran since', async () => {
    const world = makeWorld(accountingSite())
    await create(world)
    await world.advance(900)
    const before = slurmSettings(world)
    world.database.highest.set(databaseName(aName), 41)
    await update(world, { maxNodes: 9 })
    await world.advance(300)
    expect(world.clusters.get(aName)?.status).toBe('UPDATE_COMPLETE')
    expect(slurmSettings(world)).toEqual(before)
  })

  it('gives its login back when it is gone, and the next one begins above its jobs', async () => {
    const world = makeWorld(accountingSite())
    await create(world)
    await world.advance(900)
    world.database.highest.set(databaseName(aName), 41)
    await remove(world)
    await world.advance(900)
    expect(world.database.logins.size).toBe(0)
    await create(world)
    await world.advance(900)
    expect(slurmSettings(world).CustomSlurmSettings).toEqual([{ FirstJobId: 42 }])
  })

  it('fails with the reason of the database where asking again would not help', async () => {
    const world = makeWorld(accountingSite())
    world.knob.database = 'the disk is full'
    await create(world)
    await world.advance(1200)
    expect(world.clusters.get(aName)).toMatchObject({
      status: 'CREATE_FAILED',
      failure: { reason: 'AccountingRefused', message: 'the disk is full' },
    })
    expect(names(world)).not.toContain('createStack')
  })

  it('is planned with an access of its kind, which nobody makes', async () => {
    const world = makeWorld(accountingSite())
    const spec = { tier: aWish.tier, lustre: false, benchmark: false }
    const { findings, configuration } = await planOf(world.context, { ...aWish, ...spec })
    expect(findings.filter(({ level }) => level === 'ERROR')).toEqual([])
    expect(configuration).toMatchObject({ Scheduling: { SlurmSettings: { Database: { Uri: 'db:3306' } } } })
    expect(world.calls).toEqual([])
  })
})

it('a cluster of a site without accounting has none, and asks for none', async () => {
  const world = makeWorld(aSite())
  await create(world)
  await world.advance(900)
  await remove(world)
  await world.advance(900)
  expect(names(world).filter((name) => name.includes('Accounting'))).toEqual([])
})
