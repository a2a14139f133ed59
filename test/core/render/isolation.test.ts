// Who reaches whom: the security groups of clusters, asked packet by packet.
import { describe, expect, it } from 'vitest'
import { aSite } from '../samples.ts'
import { type Machine, machinesOf, passes } from './rules.ts'

const site = aSite({
  slurmRest: { port: 8443, userClaimField: 'sun', jwks: { bucket: 'keys', key: 'jwks.json' } },
  accounting: { uri: 'db:3306', functionName: 'accounting', usageFunctionName: 'usage' },
})
const one = machinesOf(site, 3)
const other = machinesOf(site, 4)
/** Every port that something of a cluster or of us listens at, and some at which nothing should. */
const ports = [
  22, 53, 80, 111, 443, 988, 1021, 2049, 3306, 6818, 6819, 6820, 6829, 8443, 8888, 31_337, 65_535,
]
const open = (from: Machine, to: Machine) => ports.filter((port) => passes(from, to, port))
const workflowService: Machine = { address: '10.1.2.3' }
const world: Machine = { address: '93.184.216.34' }
const services: Machine = { address: '10.0.0.9' }

describe('one cluster', () => {
  it('cannot reach another, from no node to no node', () => {
    for (const from of Object.values(one))
      for (const to of Object.values(other)) expect([open(from, to), open(to, from)]).toEqual([[], []])
  })

  it('talks to itself without limits', () => {
    expect(open(one.head, one.compute)).toEqual(ports)
    expect(open(one.compute, one.head)).toEqual(ports)
  })

  it('cannot reach the world, nor be reached by it', () => {
    for (const node of Object.values(one)) expect([open(node, world), open(world, node)]).toEqual([[], []])
  })

  it('reaches endpoints, EFS and the database, which do not reach it', () => {
    for (const node of Object.values(one)) {
      expect(open(node, services)).toEqual([443, 2049, 3306])
      expect(open(services, node)).toEqual([])
    }
  })

  it('reaches no database where the site has none', () => {
    for (const node of Object.values(machinesOf(aSite(), 3)))
      expect(open(node, services)).toEqual([443, 2049])
  })
})

describe('the Workflow Service', () => {
  it('reaches SSH and the Slurm REST API of head nodes, and nothing else', () => {
    expect(open(workflowService, one.head)).toEqual([22, 8443])
  })

  it('does not reach compute nodes', () => {
    expect(open(workflowService, one.compute)).toEqual([])
  })

  it('is not reached by a cluster', () => {
    for (const node of Object.values(one)) expect(open(node, workflowService)).toEqual([])
  })
})
