import { normalStream, randomStream } from '@cairn/platform/statistics/random'
import { expect, test } from 'vitest'
import { buildInteractions } from '../../data/interactions.js'
import type { FactorModel } from '../../scoring/factor-model.js'
import { factorScorer } from '../../scoring/factor-scorer.js'
import type { Scorer } from '../../scoring/scorer.js'
import { split } from '../splits/split.js'
import { rank } from './rank.js'

const USERS = 2500
const ITEMS = 61

/** Enough users for three scoring blocks. */
function createCrowd() {
  const random = randomStream(3)
  const users: number[] = []
  const items: number[] = []
  for (let user = 0; user < USERS; user++)
    for (let item = 0; item < ITEMS; item++)
      if (random() < 0.2 || item < 3) {
        users.push(user)
        items.push(item)
      }
  return buildInteractions({ users, items, times: users.map(() => Math.floor(random() * 1000)) }, 'hash')
}

const normal = normalStream(5)
const model: FactorModel = {
  dimensions: 5,
  userFactors: new Float32Array(USERS * 5).map(normal),
  itemFactors: new Float32Array(ITEMS * 5).map(normal),
}
const { train, targets } = split('loo.v1', createCrowd()).test
const allowed = new Uint8Array(ITEMS).fill(1).fill(0, 40, 45)
const queries = { histories: train, targets, candidates: allowed }

/** Few distinct scores, so that many items are tied. */
const tied: FactorModel = { ...model, itemFactors: model.itemFactors.map((_, at) => (at % 15) >> 2) }

/** The same scores from a model that does not expose its factors. */
const { score } = factorScorer(model)
const opaque: Scorer = { score }

test('ranks an opaque scorer block by block exactly like its factors', async () => {
  const blockSizes: number[] = []
  const watched: Scorer = {
    async score(histories, users, into, signal) {
      blockSizes.push(users.length)
      await score(histories, users, into, signal)
    },
  }
  const ranked: number[] = []
  const onRanked = (users: number) => void ranked.push(users)
  const rankings = await rank(watched, queries, { k: 6, threads: 2, onRanked })
  expect(rankings).toEqual(await rank(model, queries, { k: 6, threads: 2 }))
  expect(blockSizes).toEqual([1024, 1024, targets.users.length - 2048])
  expect(ranked).toEqual([0, 1024, 2048, targets.users.length])
})

test('ranks only the candidates of each list, including items of the history', async () => {
  const offsets = Int32Array.from({ length: targets.users.length + 1 }, (_, n) => 4 * n)
  const items = Int32Array.from({ length: offsets.at(-1)! }, (_, at) =>
    at % 4 === 0 ? targets.items[at / 4]! : (at * 7) % ITEMS,
  )
  const rankings = await rank(opaque, { ...queries, candidates: { offsets, items } }, { k: 6, threads: 2 })
  const scores = new Float32Array(targets.users.length * ITEMS)
  await score(train, targets.users, scores)
  for (let n = 0; n < targets.users.length; n++) {
    const own = [...new Set(items.subarray(4 * n, 4 * n + 4))].sort(
      (a, b) => scores[n * ITEMS + b]! - scores[n * ITEMS + a]!,
    )
    expect([...rankings.lists.subarray(6 * n, 6 * n + own.length)]).toEqual(own)
    expect([...rankings.lists.subarray(6 * n + own.length, 6 * n + 6)].every((item) => item === -1)).toBe(
      true,
    )
    expect(rankings.meanRanks[n]).toBe(own.indexOf(targets.items[n]!))
  }
})

test('ranks many targets of a user as it ranks each alone', async () => {
  const users = targets.users.subarray(0, 20)
  const queriesFor = (items: readonly number[]) => ({
    ...queries,
    targets: {
      users,
      offsets: Int32Array.from({ length: users.length + 1 }, (_, n) => n * items.length),
      items: Int32Array.from(Array.from(users, () => items).flat()),
    },
  })
  const many = [...Array(40).keys()].map((item) => item + 5)
  const together = await rank(tied, queriesFor(many), { k: 6, threads: 2 })
  for (const [n, item] of [...many.entries()].filter(([n]) => n % 13 === 0)) {
    const alone = await rank(tied, queriesFor([item]), { k: 6, threads: 1 })
    users.forEach((_, user) => {
      expect(together.meanRanks[user * many.length + n]).toBe(alone.meanRanks[user])
      expect(together.pessimisticRanks[user * many.length + n]).toBe(alone.pessimisticRanks[user])
    })
  }
})

test('rejects when the model fails or the ranking is aborted', async () => {
  let blocks = 0
  const failing: Scorer = {
    async score(...args) {
      if (++blocks === 2) throw new Error('no luck')
      await score(...args)
    },
  }
  await expect(rank(failing, queries, { k: 6 })).rejects.toThrow('no luck')
  const stop = new AbortController()
  const onRanked = () => stop.abort()
  await expect(rank(opaque, queries, { k: 6, onRanked, signal: stop.signal })).rejects.toThrow('aborted')
})

test('rejects factors whose size does not match the interactions', async () => {
  const narrow = { ...model, itemFactors: model.itemFactors.subarray(5) }
  await expect(rank(narrow, queries, { k: 6 })).rejects.toThrow('the model has 60 items')
  const few = { ...model, userFactors: model.userFactors.subarray(5) }
  await expect(rank(few, queries, { k: 6 })).rejects.toThrow('the model has 2499 users')
})
