import { entry } from '@cairn/flavors/arrow/sparse-rows'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildInteractions } from '../../data/interactions.js'
import { resolveParameters } from '../../recipe.js'
import { itemKnn } from './recipe.js'

const interactionsOf = (all: readonly number[][]) =>
  buildInteractions({ users: all.flatMap((one, user) => one.map(() => user)), items: all.flat() }, 'row')

const histories = fc.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 8 }), {
  minLength: 1,
  maxLength: 12,
})

test('keeps the most similar items as neighbours', async () => {
  await fc.assert(
    fc.asyncProperty(
      histories,
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom(0, 0.5, 10),
      async (all, neighbours, shrink) => {
        const train = interactionsOf(all)
        const { weights } = await itemKnn.fit({ train }, { neighbours, shrink })
        const sets = train.items.ids.map(
          (id) => new Set(all.flatMap((one, user) => (one.includes(id as number) ? [user] : []))),
        )
        const similarity = (a: number, b: number) => {
          const both = [...sets[a]!].filter((user) => sets[b]!.has(user)).length
          return a === b ? 0 : both / (Math.sqrt(sets[a]!.size * sets[b]!.size) + shrink)
        }
        for (let item = 0; item < train.items.size; item++) {
          const wanted = sets
            .map((_, other) => ({ other, value: Math.fround(similarity(item, other)) }))
            .filter(({ value }) => value > 0)
            .sort((a, b) => b.value - a.value || a.other - b.other)
            .slice(0, neighbours)
          const kept = sets.flatMap((_, other) => (entry(weights.rows, other, item) === 0 ? [] : [other]))
          expect(kept).toEqual(wanted.map(({ other }) => other).sort((a, b) => a - b))
          for (const { other, value } of wanted) expect(entry(weights.rows, other, item)).toBe(value)
        }
      },
    ),
  )
})

test('scores a history by the neighbours of each item in it', async () => {
  const train = interactionsOf([
    [1, 2],
    [1, 2],
    [2, 3],
    [3, 4],
    [3, 4],
  ])
  const fitted = await itemKnn.fit({ train }, resolveParameters(itemKnn))
  const scores = new Float32Array(8)
  await fitted.score(train, Int32Array.of(0, 3), scores)
  const near = (a: number, b: number, both: number) => both / Math.sqrt(a * b)
  const wanted = [
    near(2, 3, 2),
    near(2, 3, 2),
    near(3, 3, 1),
    0,
    0,
    near(3, 3, 1),
    near(3, 2, 2),
    near(3, 2, 2),
  ]
  for (const [at, value] of wanted.entries()) expect(scores[at]).toBeCloseTo(value, 6)
})

test('stops on abort', async () => {
  const train = interactionsOf(
    Array.from({ length: 300 }, () => Array.from({ length: 200 }, (_, item) => item)),
  )
  const controller = new AbortController()
  const fitting = itemKnn.fit({ train }, resolveParameters(itemKnn), {
    signal: controller.signal,
    onStep: () => controller.abort(new Error('cancelled by the user')),
  })
  await expect(fitting).rejects.toThrow('cancelled by the user')
})

test.each([
  [{ neighbours: 0 }, "ItemKNN parameter 'neighbours'"],
  [{ shrink: -1 }, "ItemKNN parameter 'shrink'"],
])('rejects an invalid parameter by name: %j', (overrides, message) => {
  expect(() => resolveParameters(itemKnn, overrides)).toThrow(message)
})
