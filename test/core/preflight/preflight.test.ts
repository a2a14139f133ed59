// What preflight makes of an account: silent over a healthy one, and each trouble has its word and what to do.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Facts, questionsOf } from '../../../core/preflight/questions.ts'
import { type CheckName, checkNames, PreflightReport } from '../../../core/preflight/report.ts'
import { vcpuQuota } from '../../../core/preflight/vcpus.ts'
import { instanceTypeFacts } from '../../../core/shape/instance-types.ts'
import { aSite } from '../samples.ts'
import { answering, aPlace, healthy, look, now } from './account.ts'

type Broken = { [C in CheckName]?: Facts[C] }
const codesOf = async (facts: Broken, place = aPlace()) =>
  (await look(facts, place)).findings.map(({ level, check, code }) => `${level} ${check} ${code}`)
const endpoint = (change: object): Broken => ({
  endpoints: healthy.endpoints.map((one) => (one.service === 'logs' ? { ...one, ...change } : one)),
})
const route = (destination: string, target: string, isActive = true): Broken => ({
  routes: [...healthy.routes, { routeTableId: 'rtb-2', destination, target, isActive }],
})
const quota = (name: string, limit: number, used?: number): Broken => ({
  quotas: { ...healthy.quotas, [name]: { limit, ...(used === undefined ? {} : { used }) } },
})

describe('a healthy account', () => {
  it('passes without a word', async () => {
    expect(await look({})).toEqual({
      site: 'test',
      at: now.toISOString(),
      checks: [...checkNames],
      passed: true,
      findings: [],
    })
  })

  it('may have a way of its own to where people are', async () => {
    expect(await codesOf(route('10.2.0.0/16', 'tgw-1'))).toEqual([])
  })
})

describe('a trouble', () => {
  it.each<[string, string, Broken]>([
    ['DNS off', 'ERROR dns VpcWithoutDns', { dns: { ...healthy.dns, hostnames: false } }],
    ['no endpoint', 'ERROR endpoints EndpointMissing', endpoint({ service: 'other' })],
    ['an endpoint that failed', 'ERROR endpoints EndpointNotAvailable', endpoint({ state: 'failed' })],
    [
      'an endpoint without a name',
      'ERROR dns EndpointWithoutDns',
      { dns: { ...healthy.dns, endpoints: [{ service: 'logs', isPrivate: false }] } },
    ],
    ['a default route', 'ERROR routes RouteOut', route('0.0.0.0/0', 'vpce-9')],
    ['a default route by IPv6', 'ERROR routes RouteOut', route('::/0', 'eigw-1')],
    ['a way to the Internet', 'ERROR routes RouteOut', route('93.184.216.0/24', 'igw-1')],
    ['a way by NAT, also to people', 'ERROR routes RouteOut', route('10.1.7.0/24', 'nat-1')],
    ['a way to somewhere else', 'ERROR routes RouteOut', route('172.16.0.0/12', 'tgw-1')],
    ['a peering of somebody else', 'ERROR routes RouteOut', route('172.16.0.0/12', 'pcx-9')],
    ['a wider way than to people', 'ERROR routes RouteOut', route('10.0.0.0/8', 'tgw-1')],
    ['a route to nothing', 'ERROR routes RouteBlackhole', route('10.1.9.0/24', 'pcx-1', false)],
    ['no route table', 'ERROR routes RouteTableMissing', { routes: healthy.routes.slice(3) }],
    [
      'peering to accept',
      'ERROR peering PeeringNotActive',
      { peering: [{ peerVpcId: 'vpc-main', status: 'pending-acceptance' }] },
    ],
    ['no peering', 'ERROR peering PeeringNotActive', { peering: [] }],
    [
      'no mount target',
      'ERROR mountTargets MountTargetMissing',
      { mountTargets: healthy.mountTargets.slice(1) },
    ],
    ['no slot', 'ERROR slots NoSlotLeft', { slots: { taken: 256 } }],
    ['few slots', 'WARNING slots FewSlotsLeft', { slots: { taken: 240 } }],
    [
      'no provider',
      'ERROR provider ProviderMissing',
      { provider: { isPublished: true, functionState: undefined } },
    ],
    [
      'a provider that failed',
      'ERROR provider ProviderMissing',
      { provider: { isPublished: true, functionState: 'Failed' } },
    ],
    [
      'no template',
      'WARNING provider ProviderNotPublished',
      { provider: { isPublished: false, functionState: 'Active' } },
    ],
    ['no image', 'ERROR image ImageMissing', { image: { found: [] } }],
    ['no subnet left', 'ERROR quotas QuotaReached', quota('subnets', 200, 200)],
    ['fewer subnets than slots', 'WARNING quotas QuotaTight', quota('subnets', 200, 20)],
    ['one stack left', 'ERROR quotas QuotaReached', quota('stacks', 2000, 1999)],
    ['too few stacks for all', 'WARNING quotas QuotaTight', quota('stacks', 500, 300)],
    ['no Lustre left', 'ERROR quotas QuotaReached', quota('lustre', 100, 100)],
    ['no access point left', 'ERROR quotas QuotaReached', quota('accessPoints', 120, 120)],
    ['fewer access points than slots', 'WARNING quotas QuotaTight', quota('accessPoints', 120, 3)],
    ['no mount target allowed', 'ERROR quotas QuotaReached', quota('mountTargets', 1, 1)],
    ['no storage left for Lustre', 'ERROR quotas QuotaReached', quota('lustreStorage', 100_800, 99_700)],
    ['storage for some Lustres', 'WARNING quotas QuotaTight', quota('lustreStorage', 100_800, 99_600)],
    ['too few endpoints', 'ERROR quotas QuotaReached', quota('endpoints', 1, 1)],
    ['no VPC for another environment', 'INFO quotas QuotaTight', quota('vpcs', 5, 5)],
  ])('has its word: %s', async (_, code, facts) => {
    expect(await codesOf(facts)).toEqual([code])
  })

  it('is none where every interface endpoint is there, however few more are allowed', async () => {
    expect(await codesOf(quota('endpoints', 2, 2))).toEqual([])
  })

  it('says what to do', async () => {
    const { findings } = await look({ ...quota('hpcVcpus', 0), slots: { taken: 999 }, image: { found: [] } })
    expect(findings.length).toBeGreaterThan(2)
    for (const { code, action } of findings)
      expect([code, action]).toEqual([code, expect.stringMatching(/^[A-Z].*\.$|".*"\.$|official-images\.$/s)])
    expect(findings.find(({ code }) => code === 'QuotaTooSmall')?.action).toContain('L-F7808C92')
  })

  it('of one check does not hide another: a look that fails is a finding', async () => {
    const { findings, passed } = await look({ endpoints: new Error('AccessDenied'), slots: { taken: 256 } })
    expect(passed).toBe(false)
    expect(
      findings.map(({ check, code, message }) => [check, code, message.includes('AccessDenied')]),
    ).toEqual([
      ['endpoints', 'CheckFailed', true],
      ['slots', 'NoSlotLeft', false],
    ])
  })
})

describe('vCPUs', () => {
  it.each([
    ['c7a.48xlarge', 'standardVcpus'],
    ['t3.micro', 'standardVcpus'],
    ['im4gn.large', 'standardVcpus'],
    ['hpc7a.96xlarge', 'hpcVcpus'],
    ['g5.xlarge', 'gVcpus'],
    ['gr6.4xlarge', 'gVcpus'],
    ['vt1.3xlarge', 'gVcpus'],
    ['p5.48xlarge', 'pVcpus'],
    ['inf2.xlarge', undefined],
    ['trn1.2xlarge', undefined],
    ['dl1.24xlarge', undefined],
    ['x2idn.16xlarge', 'xVcpus'],
    ['u-6tb1.56xlarge', undefined],
    ['mac2.metal', undefined],
  ])('of %s count against %s', (type, quota) => {
    expect(vcpuQuota(type)).toBe(quota)
  })

  it('that do not start one node of a tier are an error, that do not start all a warning, by family', async () => {
    const none = await codesOf(quota('hpcVcpus', 0))
    const isError = (code: string) => code === 'ERROR quotas QuotaTooSmall'
    expect(none.filter((code) => !isError(code))).toEqual(['INFO quotas QuotaTooSmall'])
    const few = await codesOf(quota('hpcVcpus', 768))
    expect(new Set(few)).toEqual(new Set(['WARNING quotas QuotaTight']))
    expect(none.filter(isError).length).toBe(few.length)
  })

  it('are of a quota for every type that a cluster made to measure may get', () => {
    expect(instanceTypeFacts.filter(({ name }) => !vcpuQuota(name))).toEqual([])
  })

  it.each<[because: string, instanceTypes: string[] | undefined, limit: number, codes: string[]]>([
    ['a type that the environment lists', ['x2idn.*'], 0, ['WARNING quotas QuotaTooSmall']],
    ['some sizes of it', ['x2idn.*'], 64, ['WARNING quotas QuotaTooSmall']],
    ['one of all that are known', undefined, 0, ['INFO quotas QuotaTooSmall']],
    ['none that it lists', ['c7a.*'], 0, []],
    ['none: all sizes start', ['x2idn.*', 'x2iedn.*'], 128, []],
  ])('are told of for %s', async (_, instanceTypes, limit, codes) => {
    const place = aPlace({ site: aSite({ instanceTypes }) })
    expect(await codesOf(quota('xVcpus', limit), place)).toEqual(codes)
    const { findings } = await look(quota('xVcpus', limit), place)
    for (const { message, action } of findings) {
      expect(message).toMatch(/x2\w+\.\d*xlarge \(\d+\)/)
      expect(action).toContain('L-7295265B')
    }
  })

  it('more of them never make it worse', async () => {
    const rank = async (limit: number) =>
      (await codesOf(quota('standardVcpus', limit))).reduce(
        (sum, code) => sum + (code.startsWith('ERROR') ? 100 : 1),
        0,
      )
    await fc.assert(
      fc.asyncProperty(fc.nat(20_000), fc.nat(20_000), async (limit, more) => {
        expect(await rank(limit + more)).toBeLessThanOrEqual(await rank(limit))
      }),
      { numRuns: 30 },
    )
  })
})

describe('a report', () => {
  const broken: Broken[] = [
    {},
    quota('stacks', 0, 0),
    { slots: { taken: 240 } },
    { image: { found: [] } },
    route('0.0.0.0/0', 'igw-1'),
  ]

  it('passes exactly where nothing is an error, is as its schema says, and has the worst first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray(broken), fc.subarray([...checkNames]), async (parts, checks) => {
        const facts = Object.assign({}, ...parts)
        const report = PreflightReport.parse(await look(facts, aPlace({ expected: { checks } })))
        const levels = report.findings.map(({ level }) => level)
        expect(report.passed).toBe(!levels.includes('ERROR'))
        expect(levels).toEqual(levels.toSorted((one, other) => order.indexOf(one) - order.indexOf(other)))
        for (const { check } of report.findings) expect(checks).toContain(check)
      }),
      { numRuns: 50 },
    )
  })
  const order = ['ERROR', 'WARNING', 'INFO']

  it('asks nothing of what is left out', async () => {
    const inspect = answering({ quotas: new Error('there is no such service') })
    const asked: string[] = []
    for (const check of checkNames) {
      const answer = inspect[check] as (question: unknown) => Promise<unknown>
      Object.assign(inspect, { [check]: (question: unknown) => asked.push(check) && answer(question) })
    }
    const { preflight } = await import('../../../core/preflight/preflight.ts')
    const report = await preflight(aPlace({ expected: { checks: ['dns', 'slots'] } }), inspect, now)
    expect([asked.sort(), report.passed]).toEqual([['dns', 'slots'], true])
  })

  it('asks for the site’s own image where it has one, else for ParallelCluster’s of every architecture', () => {
    expect(questionsOf(aPlace({ site: aSite({ customAmi: 'ami-1' }) })).image).toEqual({ id: 'ami-1' })
    expect(questionsOf(aPlace()).image).toEqual({
      names: ['aws-parallelcluster-3.16.1-amzn2023-hvm-x86_64-*'],
    })
  })
})
