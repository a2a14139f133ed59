// Picks the smallest shape that fits a wish, and says why; where none fits, which comes closest and what it lacks.
import type { ErrorDetail } from '../errors.ts'
import type { InstanceType } from './instance-types.ts'
import type { Resources, Shape } from './resources.ts'

/** A way to build the nodes: an instance type, how it would be set up, and what the tier allows of it. */
export type Candidate = {
  type: InstanceType
  queue: string
  /** What Slurm may give out: https://docs.aws.amazon.com/parallelcluster/latest/ug/slurm-mem-based-scheduling-v3.html */
  schedulableMiB: number
  /** The most nodes, and the most of one job. */
  maxNodes: number
  maxNodesPerJob: number
  maxRuntimeMinutes: number | undefined
  simultaneousMultithreading: boolean
  wantsPlacementGroup: boolean
  efa: boolean
}

export type Choice = { shape: Shape } | { closest: Candidate | undefined; lacks: ErrorDetail[] }

/** A whole order, so that the same wish finds the same shape: fewer GPUs, vCPUs, memory, network, then by name. */
export const inOrderOfSize = (a: Candidate, b: Candidate): number =>
  a.type.gpus - b.type.gpus ||
  a.type.vcpus - b.type.vcpus ||
  a.type.memoryGiB - b.type.memoryGiB ||
  a.type.networkGbps - b.type.networkGbps ||
  byText(a.type.name, b.type.name) ||
  byText(a.queue, b.queue)

export function chooseShape(wish: Resources, candidates: readonly Candidate[]): Choice {
  const sorted = candidates.toSorted(inOrderOfSize)
  const judged = sorted.map((candidate) => ({ candidate, lacks: lacksOf(wish, candidate) }))
  const fitting = judged.filter(({ lacks }) => lacks.length === 0).map(({ candidate }) => candidate)
  const withEfa = wantsEfa(wish) ? fitting.filter(({ efa }) => efa) : []
  const [chosen] = withEfa.length > 0 ? withEfa : fitting
  if (chosen) return { shape: shapeOf(wish, chosen, candidates.length) }
  // A stable sort, so that of two that are equally close the smaller one is named.
  const [closest] = judged.toSorted((a, b) => a.lacks.length - b.lacks.length || gap(a.lacks) - gap(b.lacks))
  return {
    closest: closest?.candidate,
    lacks: (closest?.lacks ?? []).map(({ path, message }) => ({ path: `resources.${path}`, message })),
  }
}

/**
 * Messages between nodes decide how fast a tightly coupled job is, so that a larger type with EFA is preferred to a
 * smaller one without: https://docs.aws.amazon.com/parallelcluster/latest/ug/efa-v3.html
 */
export const wantsEfa = ({ tightlyCoupled, nodes }: Resources): boolean =>
  tightlyCoupled === true && nodes > 1

type Lack = { path: keyof Resources; message: string; has: number; asked: number }

/** The missing shares added up: how far it is from what was asked for. */
const gap = (lacks: Lack[]): number => lacks.reduce((sum, { has, asked }) => sum + 1 - has / asked, 0)

/** What the candidate has too little of, in the order of the wish's fields. */
export function lacksOf(wish: Resources, candidate: Candidate): Lack[] {
  const { type, maxNodes, maxRuntimeMinutes = Number.POSITIVE_INFINITY } = candidate
  const memoryGiB = wish.memoryGiBPerNode ?? 0
  const lack = (path: keyof Resources, asked: number, has: number, what: string): Lack[] =>
    has < asked ? [{ path, message: `${type.name} has ${what}`, has: Math.max(0, has), asked }] : []
  return [
    ...lack('nodes', wish.nodes, maxNodes, `room for ${Math.max(0, maxNodes)} nodes`),
    ...lack('vcpusPerNode', wish.vcpusPerNode ?? 1, cpusOf(candidate), cpusText(candidate)),
    ...lack('memoryGiBPerNode', memoryGiB * 1024, candidate.schedulableMiB, memoryText(candidate)),
    ...lack('gpusPerNode', wish.gpusPerNode ?? 0, type.gpus, type.gpus ? gpuText(type) : 'no GPU'),
    ...lack(
      'tightlyCoupled',
      candidate.wantsPlacementGroup ? 1 : 0,
      type.placementGroup ? 1 : 0,
      'no placement groups',
    ),
    ...lack(
      'maxRuntimeMinutes',
      wish.maxRuntimeMinutes ?? 0,
      maxRuntimeMinutes,
      `a limit of ${maxRuntimeMinutes} minutes`,
    ),
  ]
}

function shapeOf(wish: Resources, candidate: Candidate, among: number): Shape {
  const { type, queue, efa, simultaneousMultithreading, wantsPlacementGroup } = candidate
  return {
    queue,
    instanceType: type.name,
    nodes: wish.nodes,
    maxNodesPerJob: Math.min(wish.nodes, candidate.maxNodesPerJob),
    cpusPerNode: cpusOf(candidate),
    memoryGiBPerNode: memoryGiB(candidate),
    gpusPerNode: type.gpus,
    simultaneousMultithreading,
    placementGroup: wantsPlacementGroup,
    efa,
    maxRuntimeMinutes: wish.maxRuntimeMinutes ?? candidate.maxRuntimeMinutes ?? null,
    why: whyOf(wish, candidate, among),
  }
}

function whyOf(wish: Resources, candidate: Candidate, among: number): string {
  const { type, efa, wantsPlacementGroup } = candidate
  const asked = [
    wish.vcpusPerNode && count(wish.vcpusPerNode, 'CPU'),
    wish.memoryGiBPerNode && `${wish.memoryGiBPerNode} GiB`,
    wish.gpusPerNode && count(wish.gpusPerNode, 'GPU'),
  ].filter(Boolean)
  const has = [cpusText(candidate), memoryText(candidate), ...(type.gpus ? [gpuText(type)] : [])]
  const of = among === 1 ? 'the only instance type' : `the smallest of ${among} instance types`
  const needs = [
    ...(efa && wantsEfa(wish) ? ['EFA'] : []),
    ...(asked.length ? [`at least ${listed(asked)}`] : ['room']),
  ]
  const network = wantsPlacementGroup ? ` ${networkText(wish, efa)}` : ''
  return `${type.name} is ${of} to choose from with ${listed(needs)} for each of ${count(wish.nodes, 'node')}: it has ${listed(has)}.${network}`
}

function networkText(wish: Resources, efa: boolean): string {
  if (efa) return 'Its nodes are in a placement group with EFA.'
  const why = wantsEfa(wish) ? ': no type that fits has it' : ''
  return `Its nodes are in a placement group, without EFA${why}.`
}

const cpusOf = ({ type, simultaneousMultithreading }: Candidate): number =>
  simultaneousMultithreading ? type.vcpus : type.cores
const cpusText = (candidate: Candidate): string =>
  candidate.simultaneousMultithreading
    ? `${count(candidate.type.vcpus, 'vCPU')}${candidate.type.cores === candidate.type.vcpus ? ' (a core each)' : ''}`
    : `${count(candidate.type.cores, 'core')} (one thread each)`
const memoryGiB = ({ schedulableMiB }: Candidate): number => Math.floor((schedulableMiB * 10) / 1024) / 10
const memoryText = (candidate: Candidate): string =>
  `${memoryGiB(candidate)} GiB for jobs (of ${candidate.type.memoryGiB})`
const gpuText = ({ gpus, gpu }: InstanceType): string => `${gpus} x ${gpu}`
const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
const listed = (parts: unknown[]): string =>
  parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
