import { readItems } from '@cairn/flavors/recommender/item-table'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildInteractions } from '../../data/interactions.js'
import { resolveParameters } from '../../recipe.js'
import { popularity } from './recipe.js'

const DAY = 86_400_000

const events = fc.array(fc.record({ user: fc.nat(5), item: fc.nat(6), day: fc.nat(20) }), {
  minLength: 1,
  maxLength: 40,
})

test('scores items by their events in the window before the latest event, equally for all users', async () => {
  await fc.assert(
    fc.asyncProperty(events, fc.nat(25), async (all, window_days) => {
      const train = buildInteractions(
        {
          users: all.map((one) => one.user),
          items: all.map((one) => one.item),
          times: all.map((one) => one.day * DAY),
        },
        'row',
      )
      const model = await popularity.fit({ train }, { window_days })
      const latest = Math.max(...all.map((one) => one.day))
      const counts = train.items.ids.map(
        (item) =>
          all.filter((one) => one.item === item && (window_days === 0 || one.day > latest - window_days))
            .length,
      )
      const users = Int32Array.from({ length: train.users.size }, (_, user) => user)
      const scores = new Float32Array(users.length * counts.length)
      await model.score(train, users, scores)
      expect([...scores]).toEqual(train.users.ids.flatMap(() => counts))
      const files = await popularity.files(model, { train, metadata: {} })
      expect([...readItems(files['items.arrow'] as Uint8Array).popularity]).toEqual(counts)
    }),
    { numRuns: 50 },
  )
})

test('rejects a window without timestamps and a negative window', async () => {
  const train = buildInteractions({ users: [1], items: [1] }, 'row')
  await expect(popularity.fit({ train }, { window_days: 7 })).rejects.toThrow('needs timestamps')
  expect(() => resolveParameters(popularity, { window_days: -1 })).toThrow(
    "Popularity parameter 'window_days'",
  )
})
