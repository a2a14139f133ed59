// IPv4 ranges: which addresses of its subnet a cluster uses, and whether a range is free on this machine.
export type Route = { range: string; device: string }

const toNumber = (address: string): number =>
  address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
const toAddress = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')

function bounds(range: string): { first: number; last: number; prefix: number } {
  const [address = '', length = '32'] = range.split('/')
  const prefix = Number(length)
  const size = 2 ** (32 - prefix)
  const first = Math.floor(toNumber(address) / size) * size
  return { first, last: first + size - 1, prefix }
}

/** AWS keeps the first four addresses of a subnet; the first is its router, which the machine stands for here. */
export function clusterAddresses(subnet: string): { router: string; headNode: string } {
  const { first } = bounds(subnet)
  return { router: toAddress(first + 1), headNode: toAddress(first + 4) }
}

export const hostname = (address: string): string => `ip-${address.replaceAll('.', '-')}`

export function overlaps(a: string, b: string): boolean {
  const [left, right] = [bounds(a), bounds(b)]
  return left.first <= right.last && right.first <= left.last
}

/** What `ip -4 -j route show` prints. */
export function parseRoutes(json: string): Route[] {
  const routes = JSON.parse(json) as { dst: string; dev?: string }[]
  return routes
    .filter(({ dst }) => dst !== 'default')
    .map(({ dst, dev }) => ({ range: dst, device: dev ?? '' }))
}

/**
 * The route that the subnet would take addresses from, if any. Ours do not count, and neither do default routes,
 * nor the halves of the address space that VPNs use in place of one.
 */
export const conflictingRoute = (
  subnet: string,
  routes: Route[],
  ourDevices: ReadonlySet<string>,
): Route | undefined =>
  routes.find(
    (route) =>
      bounds(route.range).prefix > 1 && !ourDevices.has(route.device) && overlaps(route.range, subnet),
  )
