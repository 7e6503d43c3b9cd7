import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FairQueue, type QueueItem } from './fair-queue.js'

const aQueue = (items: readonly QueueItem[]) => {
  const queue = new FairQueue<QueueItem>()
  for (const item of items) queue.add(item)
  return queue
}
const takeAll = (queue: FairQueue<QueueItem>) => Array.from({ length: queue.size }, () => queue.take()!.id)

test('takes the items of one caller in their order', () => {
  const items = [3, 1, 2].map((id) => ({ id, caller: 'a', cost: 1 }))
  expect(takeAll(aQueue(items))).toEqual([3, 1, 2])
})

test('callers get the same cost, not the same number', () => {
  const large = [1, 2, 3].map((id) => ({ id, caller: 'large', cost: 3 }))
  const small = [11, 12, 13, 14, 15, 16].map((id) => ({ id, caller: 'small', cost: 1 }))
  expect(takeAll(aQueue([...large, ...small]))).toEqual([1, 11, 12, 13, 2, 14, 15, 16, 3])
})

test('a caller who returns gets no credit for its absence', () => {
  const queue = aQueue([1, 2, 3, 4].map((id) => ({ id, caller: 'busy', cost: 10 })))
  queue.take()
  queue.take()
  for (const id of [11, 12, 13]) queue.add({ id, caller: 'late', cost: 10 })
  expect(takeAll(queue)).toEqual([11, 3, 12, 4, 13])
})

test('every item is taken once, unless it was removed, and no caller waits for more than one large item of each other', () => {
  const item = fc.record({ caller: fc.constantFrom('a', 'b', 'c'), cost: fc.integer({ min: 1, max: 9 }) })
  fc.assert(
    fc.property(fc.array(item, { maxLength: 60 }), fc.array(fc.nat(59)), (all, removed) => {
      const items = all.map((one, id) => ({ ...one, id }))
      const queue = aQueue(items)
      for (const id of new Set(removed))
        expect(id < items.length && queue.remove(items[id]!)).toBe(id < items.length)
      const left = items.filter(({ id }) => !removed.includes(id))
      expect(queue.size).toBe(left.length)
      const served: Record<string, number> = { a: 0, b: 0, c: 0 }
      const open = (caller: string) => [...queue].some((one) => one.caller === caller)
      const taken: number[] = []
      for (let next = queue.take(); next; next = queue.take()) {
        taken.push(next.id)
        served[next.caller]! += next.cost
        for (const caller of Object.keys(served).filter(open))
          expect(served[next.caller]! - served[caller]!).toBeLessThanOrEqual(9)
      }
      expect(taken.toSorted((a, b) => a - b)).toEqual(left.map(({ id }) => id))
    }),
  )
})
