import { isIPv6 } from 'node:net'

/** Returns the network of one client: an IPv4 address, or the /64 of an IPv6 address, because a subscriber has all of it. */
export function clientNetwork(address: string): string {
  const [plain = ''] = address.split('%')
  if (!isIPv6(plain)) return address
  const groups = groupsOf(new URL(`http://[${plain}]`).hostname.slice(1, -1))
  if (groups.slice(0, 6).join() === '0,0,0,0,0,ffff') return mappedIPv4(groups.slice(6))
  return `${groups.slice(0, 4).join(':')}::/64`
}

/** The eight groups of a canonical address, in which `::` may stand for zeros. */
function groupsOf(canonical: string): string[] {
  const [head = [], tail] = canonical.split('::').map((part) => part.split(':').filter(Boolean))
  if (!tail) return head
  return [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail]
}

const mappedIPv4 = (groups: readonly string[]) =>
  groups
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.')
