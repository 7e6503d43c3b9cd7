import { describe, expect, test } from 'vitest'
import { countTurnsDuring } from '../testing/event-loop-turns.js'
import { sortInTurns } from './sort-in-turns.js'

const random = (count: number) => Array.from({ length: count }, (_, at) => ({ key: (at * 7919) % 1009, at }))

describe('sorting in turns', () => {
  test.each([0, 1, 4096, 4097, 30_000])('orders %d items like a stable sort', async (count) => {
    const items = random(count)
    const sorted = await sortInTurns(items, (a, b) => a.key - b.key)
    expect(sorted).toEqual([...items].sort((a, b) => a.key - b.key))
  })

  test('lets others run after some thousand items', async () => {
    const turns = await countTurnsDuring(sortInTurns(random(50_000), (a, b) => a.key - b.key))
    expect(turns).toBeGreaterThan(20)
  })
})
