import type { LookupAddress } from 'node:dns'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { DnsLookups } from './dns-lookups.js'

const TIMEOUT_MS = 100
const ADDRESSES: LookupAddress[] = [{ address: '93.184.216.34', family: 4 }]

/** A resolver that does not resolve names that start with `hanging` until `answer`: the only fake here. */
function network() {
  const hanging = new Map<string, () => void>()
  const lookedUp: string[] = []
  const lookups = new DnsLookups(async (host) => {
    lookedUp.push(host)
    if (host.startsWith('hanging')) await new Promise<void>((resolve) => hanging.set(host, resolve))
    return ADDRESSES
  }, TIMEOUT_MS)
  const answer = async (host: string) => {
    hanging.get(host)!()
    await setImmediate()
  }
  return { lookups, lookedUp, answer }
}
const TIMED_OUT = /timed out after 0\.1 seconds/

test('names that resolved in time before do not wait for hanging ones', async () => {
  const { lookups } = network()
  await lookups.addressesOf('good.example')
  const hung = Array.from({ length: 10 }, (_, i) => lookups.addressesOf(`hanging${i}.example`))
  const ended = Promise.allSettled(hung)
  await expect(lookups.addressesOf('good.example')).resolves.toEqual(ADDRESSES)
  expect((await ended).every(({ status }) => status === 'rejected')).toBe(true)
  await expect(lookups.addressesOf('good.example')).resolves.toEqual(ADDRESSES)
})

test('hanging names wait for each other and occupy at most two threads', async () => {
  const { lookups, lookedUp, answer } = network()
  await expect(lookups.addressesOf('hanging1.example')).rejects.toThrow(TIMED_OUT)
  await answer('hanging1.example')
  const again = lookups.addressesOf('hanging1.example').catch(String)
  const others = [2, 3, 4, 5].map((i) => lookups.addressesOf(`hanging${i}.example`).catch(String))
  expect(await Promise.all([again, ...others])).toEqual(Array(5).fill(expect.stringMatching(TIMED_OUT)))
  expect(lookedUp).toEqual(['hanging1.example', 'hanging1.example', 'hanging2.example'])
})

test('new names do not wait for a name that timed out before', async () => {
  const { lookups, answer } = network()
  await expect(lookups.addressesOf('hanging.example')).rejects.toThrow(TIMED_OUT)
  await answer('hanging.example')
  const late = lookups.addressesOf('hanging.example')
  await expect(lookups.addressesOf('new.example')).resolves.toEqual(ADDRESSES)
  await answer('hanging.example')
  await expect(late).resolves.toEqual(ADDRESSES)
})

test('a name without waiting callers is not looked up', async () => {
  const { lookups, lookedUp, answer } = network()
  const names = ['hanging1.example', 'hanging2.example']
  await Promise.allSettled(names.map((name) => lookups.addressesOf(name)))
  await answer('hanging1.example')
  await expect(lookups.addressesOf('new.example')).resolves.toEqual(ADDRESSES)
  expect(lookedUp).toEqual(['hanging1.example', 'new.example'])
})

test('concurrent lookups of a name are shared', async () => {
  const { lookups, lookedUp, answer } = network()
  const both = [lookups.addressesOf('hanging.example'), lookups.addressesOf('hanging.example')]
  await expect.poll(() => lookedUp).toEqual(['hanging.example'])
  await answer('hanging.example')
  expect(await Promise.all(both)).toEqual([ADDRESSES, ADDRESSES])
  expect(lookedUp).toHaveLength(1)
})
