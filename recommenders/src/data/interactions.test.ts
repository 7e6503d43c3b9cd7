import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { newFolder } from '@cairn/platform/testing/folders'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildInteractions, countByItem, countEvents, type Interactions } from './interactions.js'
import { readPairs } from './read-pairs.js'

const eventsOf = ({ users, items, starts, ends, itemOf }: Interactions) =>
  users.ids.map((id, user) => [
    id,
    [...itemOf.subarray(starts[user], ends[user])].map((item) => items.at(item)),
  ])

test('groups events by user in time order, and equal times by source row', () => {
  const events = buildInteractions(
    { users: ['b', 'a', 'b', 'b'], items: ['x', 'y', 'z', 'w'], times: [2, 5, 1, 2], values: [1, 2, 3, 4] },
    'row',
  )
  expect(eventsOf(events)).toEqual([
    ['a', ['y']],
    ['b', ['z', 'x', 'w']],
  ])
  expect([...events.values!]).toEqual([2, 3, 1, 4])
  expect(events.order).toBe('timestamp, source row')
  expect(countEvents(events)).toBe(4)
  expect([...countByItem(events)]).toEqual([1, 1, 1, 1])
})

test('does not depend on the order of source rows when ties are hashed', () => {
  const row = fc.record({ user: fc.nat(3), item: fc.nat(50), time: fc.nat(2) })
  const unique = fc.uniqueArray(row, { minLength: 1, selector: ({ user, item }) => `${user} ${item}` })
  const shuffled = unique.chain((rows) =>
    fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
  )
  const build = (rows: { user: number; item: number; time: number }[]) =>
    buildInteractions(
      { users: rows.map((r) => r.user), items: rows.map((r) => r.item), times: rows.map((r) => r.time) },
      'hash',
    )
  fc.assert(
    fc.property(shuffled, ([rows, others]) => {
      expect(eventsOf(build(others))).toEqual(eventsOf(build(rows)))
    }),
  )
})

test('does not order hashed ties by item id', () => {
  const items = Array.from({ length: 100 }, (_, item) => item)
  const events = buildInteractions({ users: items.map(() => 1), items, times: items.map(() => 0) }, 'hash')
  const ascents = [...events.itemOf].filter((item, at) => at > 0 && item > events.itemOf[at - 1]!).length
  expect(ascents).toBeGreaterThan(35)
  expect(ascents).toBeLessThan(65)
})

test.each([
  [{ users: [1, 2], items: [1] }, "column 'items' has 1 rows, 'users' has 2"],
  [{ users: [1], items: [1], times: [Number.NaN] }, "row 0: timestamp 'NaN' is not a finite number"],
  [{ users: [], items: [] }, 'the interactions are empty'],
])('rejects invalid columns: %j', (columns, message) => {
  expect(() => buildInteractions(columns, 'row')).toThrow(message)
})

test('reads plain and gzipped files of pairs in line order', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'pairs.txt'), '1 30\n1 20\n2 30\n')
  writeFileSync(join(folder, 'pairs.txt.gz'), gzipSync('1 30\n1 20\n2 30\n'))
  for (const name of ['pairs.txt', 'pairs.txt.gz'])
    expect(eventsOf(await readPairs(join(folder, name)))).toEqual([
      [1, [30, 20]],
      [2, [30]],
    ])
})

test('rejects a malformed line, a truncated archive and a missing file', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'pairs.txt'), '1 2\n1;3\n')
  writeFileSync(join(folder, 'broken.gz'), gzipSync('1 30\n'.repeat(1000)).subarray(0, 20))
  await expect(readPairs(join(folder, 'pairs.txt'))).rejects.toThrow(
    "pair 2: expected 'user item', got '1;3'",
  )
  await expect(readPairs(join(folder, 'broken.gz'))).rejects.toThrow('unexpected end of file')
  await expect(readPairs(join(folder, 'none.txt'))).rejects.toThrow('ENOENT')
})
