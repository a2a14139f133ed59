// A tier's own times: read with the rest of its file, between the request's word and the site's.
import { describe, expect, it } from 'vitest'
import { usualLife } from '../../../core/lifetime/choose-life.ts'
import { Lifetimes } from '../../../core/lifetime/life.ts'
import { TierTemplate } from '../../../core/render/templates.ts'
import { verbs } from '../../../core/verbs/index.ts'
import { makeWorld, templates } from '../../world.ts'

const debug = templates.tiers.debug as TierTemplate
const withTimes = (times: object) => ({
  ...templates,
  tiers: { ...templates.tiers, debug: TierTemplate.parse({ ...debug, ...times }) },
})
const usual = (times: object, site: object = {}) =>
  usualLife(withTimes(times), 'debug', Lifetimes.parse(site))

describe('a tier’s times', () => {
  it('are its file’s, before the site’s', () =>
    expect(usual({ lifetime: '12h' }, { lifetime: '1d', idleTimeout: '1h' })).toEqual({
      lifetime: '12h',
      idleTimeout: '1h',
    }))

  it('may be none where the site has some', () =>
    expect(usual({ lifetime: 'none' }, { lifetime: '1d' }).lifetime).toBe('none'))

  it.each(['3d', 'none'])('are cut to what the site allows: %s', (lifetime) =>
    expect(usual({ lifetime }, { maxLifetime: '2d' }).lifetime).toBe('2d'),
  )

  it.each(['8', 'PT8H', 8])('are not %j', (lifetime) =>
    expect(TierTemplate.safeParse({ ...debug, lifetime }).error?.issues[0]?.path).toEqual(['lifetime']),
  )

  it('are told by the list of tiers', async () => {
    const { context } = makeWorld()
    const { tiers } = await verbs.listTiers({ ...context, templates: withTimes({ idleTimeout: '90m' }) }, {})
    expect(tiers.find(({ name }) => name === 'debug')).toMatchObject({
      lifetime: 'none',
      idleTimeout: '1h30m',
    })
  })
})
