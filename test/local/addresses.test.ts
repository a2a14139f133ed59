// Whether a cluster's range is free on this machine, and which addresses of it are used.
import { describe, expect, it } from 'vitest'
import {
  clusterAddresses,
  conflictingRoute,
  hostname,
  overlaps,
  parseRoutes,
} from '../../local/slurm/addresses.ts'

const noDevices = new Set<string>()
const routes = [
  { range: '192.0.2.0/24', device: 'eth0' },
  { range: '10.64.3.4', device: 'pcaaaaaaaaaaaa' },
]

describe('a cluster’s addresses', () => {
  it('are the subnet’s router and its first address that AWS gives away', () => {
    expect(clusterAddresses('10.64.3.0/24')).toEqual({ router: '10.64.3.1', headNode: '10.64.3.4' })
    expect(hostname('10.64.3.4')).toBe('ip-10-64-3-4')
  })

  it.each([
    ['10.64.0.0/16', '10.64.3.0/24', true],
    ['10.64.3.0/24', '10.64.0.0/16', true],
    ['10.64.3.4', '10.64.3.0/24', true],
    ['10.64.2.0/24', '10.64.3.0/24', false],
    ['192.0.2.0/25', '192.0.2.128/25', false],
  ])('%s and %s overlap: %s', (a, b, isSo) => {
    expect(overlaps(a, b)).toBe(isSo)
  })

  it('conflict with a route of anyone else', () => {
    expect(conflictingRoute('192.0.2.128/25', routes, noDevices)).toEqual(routes[0])
    expect(conflictingRoute('10.64.3.0/24', routes, noDevices)).toEqual(routes[1])
    expect(conflictingRoute('10.64.4.0/24', routes, noDevices)).toBeUndefined()
  })

  it('do not conflict with our own routes, nor with those that stand for a default route', () => {
    expect(conflictingRoute('10.64.3.0/24', routes, new Set(['pcaaaaaaaaaaaa']))).toBeUndefined()
    expect(
      conflictingRoute('10.64.3.0/24', [{ range: '0.0.0.0/1', device: 'tun0' }], noDevices),
    ).toBeUndefined()
  })

  it('are checked against what ip prints', () => {
    const printed =
      '[{"dst":"default","gateway":"192.0.2.1","dev":"eth0"},{"dst":"192.0.2.0/24","dev":"eth0"},{"type":"blackhole","dst":"10.0.0.0/8"}]'
    expect(parseRoutes(printed)).toEqual([
      { range: '192.0.2.0/24', device: 'eth0' },
      { range: '10.0.0.0/8', device: '' },
    ])
  })
})
