import { expect, test } from 'vitest'
import type { EndpointRow } from '../schema.js'
import { RoutingTable } from './routing-table.js'

const limits = JSON.stringify([{ calls: 1, renewal_period: 'minute' }])
const row = (id: string, rate_limits: string | null = null) =>
  ({ id, name: `name-${id}`, rate_limits, ai_gateway: null, inference_table: null }) as EndpointRow

const limited = (table: RoutingTable) =>
  table
    .list()
    .filter(({ rateLimits }) => rateLimits !== undefined)
    .map(({ row }) => row.id)

test('rows that were read before a change of this process do not undo it', () => {
  const table = new RoutingTable()
  table.replace([row('a'), row('b')], table.changes)
  const since = table.changes
  const stale = [row('a'), row('b')]
  table.put(row('a', limits))
  table.remove('b')
  table.put(row('c', limits))
  table.replace(stale, since)
  expect(table.find('name-a')?.row.rate_limits).toBe(limits)
  expect(table.find('b')).toBeUndefined()
  expect(limited(table).sort()).toEqual(['a', 'c'])
})

test('rows that are read after it replace all', () => {
  const table = new RoutingTable()
  table.put(row('a', limits))
  table.remove('b')
  table.replace([row('a'), row('b')], table.changes)
  expect(limited(table)).toEqual([])
  expect(table.find('b')).toBeDefined()
})
