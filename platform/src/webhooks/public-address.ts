import { BlockList, isIPv4 } from 'node:net'

/** IANA's special-purpose registries, with multicast and the deprecated 6to4 relays. */
const SPECIAL = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  SPECIAL.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
] as const)
  SPECIAL.addSubnet(network, bits, 'ipv6')

/** Returns whether an address is on the public internet. The embedded IPv4 address of an IPv6 address decides. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !SPECIAL.check(address, 'ipv4')
  const groups = groupsOf(address)
  if (!groups) return false
  const embedded = embeddedIpv4(groups)
  if (embedded) return isPublicAddress(embedded)
  return (groups[0]! & 0xe000) === 0x2000 && !SPECIAL.check(address, 'ipv6')
}

/** Returns the eight groups of an IPv6 address; undefined for an address with a zone, which is always local. */
function groupsOf(address: string): number[] | undefined {
  if (!URL.canParse(`http://[${address}]`)) return undefined
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1) // writes dotted suffixes in hexadecimal
  const [head = '', tail] = canonical.split('::').map((part) => part.split(':').filter(Boolean))
  const before = [...head]
  const after = tail ?? []
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16))
}

function embeddedIpv4(groups: readonly number[]): string | undefined {
  const startsWith = (...prefix: number[]) => prefix.every((group, i) => groups[i] === group)
  const ofGroups = (high: number, low: number) => [high >> 8, high & 255, low >> 8, low & 255].join('.')
  const mapped = startsWith(0, 0, 0, 0, 0, 0xffff)
  const nat64 = startsWith(0x64, 0xff9b, 0, 0, 0, 0)
  if (mapped || nat64) return ofGroups(groups[6]!, groups[7]!)
  if (startsWith(0x2002)) return ofGroups(groups[1]!, groups[2]!) // 6to4
  return undefined
}
