import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildInteractions, countEvents } from '../../data/interactions.js'
import { historyOf, holdOut } from './hold-out.js'

const histories = fc.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 9 }), {
  minLength: 1,
  maxLength: 9,
})

test('each question has its history before it, and no answer is in what is left to fit on', () => {
  fc.assert(
    fc.property(histories, fc.integer({ min: 1, max: 4 }), (all, positions) => {
      const train = buildInteractions(
        { users: all.flatMap((one, user) => one.map(() => user)), items: all.flat() },
        'row',
      )
      const heldOut = holdOut(train, positions)
      const { rest, users, answers } = heldOut
      expect(countEvents(rest) + answers.length).toBe(countEvents(train))
      for (const [question, user] of users.entries()) {
        expect(answers[question]!).toBeGreaterThanOrEqual(rest.ends[user]!)
        expect(answers[question]!).toBeLessThan(train.ends[user]!)
        expect(historyOf(heldOut, question)).toEqual(
          train.itemOf.subarray(train.starts[user], answers[question]),
        )
      }
      for (const [user, one] of all.entries())
        expect(rest.ends[user]! - rest.starts[user]!).toBe(one.length - Math.min(positions, one.length >> 1))
    }),
  )
})
