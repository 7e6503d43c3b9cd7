import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildInteractions, countEvents } from '../../data/interactions.js'
import { historyOf, holdOut } from './hold-out.js'

const histories = fc.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 9 }), {
  minLength: 1,
  maxLength: 9,
})

test('gives each query the events before its target and keeps targets out of the rest', () => {
  fc.assert(
    fc.property(histories, fc.integer({ min: 1, max: 4 }), (all, positions) => {
      const train = buildInteractions(
        { users: all.flatMap((one, user) => one.map(() => user)), items: all.flat() },
        'row',
      )
      const heldOut = holdOut(train, positions)
      const { rest, users, targets } = heldOut
      expect(countEvents(rest) + targets.length).toBe(countEvents(train))
      for (const [query, user] of users.entries()) {
        expect(targets[query]!).toBeGreaterThanOrEqual(rest.ends[user]!)
        expect(targets[query]!).toBeLessThan(train.ends[user]!)
        expect(historyOf(heldOut, query)).toEqual(train.itemOf.subarray(train.starts[user], targets[query]))
      }
      for (const [user, one] of all.entries())
        expect(rest.ends[user]! - rest.starts[user]!).toBe(one.length - Math.min(positions, one.length >> 1))
    }),
  )
})
