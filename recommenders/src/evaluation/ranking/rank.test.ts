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

/** So many users that a model is asked for three blocks of them. */
function aCrowd() {
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
const { train, targets } = split('loo.v1', aCrowd()).test
const allowed = new Uint8Array(ITEMS).fill(1).fill(0, 40, 45)
const questions = { histories: train, targets, candidates: allowed }

/** Few different scores, so that many are equal. */
const tied: FactorModel = { ...model, itemFactors: model.itemFactors.map((_, at) => (at % 15) >> 2) }

/** The same scores from a model of which ranking knows nothing. */
const { score } = factorScorer(model)
const opaque: Scorer = { score }

test('what scores block by block is ranked like the factors themselves', async () => {
  const asked: number[] = []
  const watched: Scorer = {
    async score(histories, users, into, signal) {
      asked.push(users.length)
      await score(histories, users, into, signal)
    },
  }
  const ranked: number[] = []
  const onRanked = (users: number) => void ranked.push(users)
  const rankings = await rank(watched, questions, { k: 6, threads: 2, onRanked })
  expect(rankings).toEqual(await rank(model, questions, { k: 6, threads: 2 }))
  expect(asked).toEqual([1024, 1024, targets.users.length - 2048])
  expect(ranked).toEqual([0, 1024, 2048, targets.users.length])
})

test('with lists of their own users are ranked among these, seen or not', async () => {
  const offsets = Int32Array.from({ length: targets.users.length + 1 }, (_, n) => 4 * n)
  const items = Int32Array.from({ length: offsets.at(-1)! }, (_, at) =>
    at % 4 === 0 ? targets.items[at / 4]! : (at * 7) % ITEMS,
  )
  const rankings = await rank(opaque, { ...questions, candidates: { offsets, items } }, { k: 6, threads: 2 })
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

test('many targets of a user have the ranks that each has alone', async () => {
  const users = targets.users.subarray(0, 20)
  const asked = (items: readonly number[]) => ({
    ...questions,
    targets: {
      users,
      offsets: Int32Array.from({ length: users.length + 1 }, (_, n) => n * items.length),
      items: Int32Array.from(Array.from(users, () => items).flat()),
    },
  })
  const many = [...Array(40).keys()].map((item) => item + 5)
  const together = await rank(tied, asked(many), { k: 6, threads: 2 })
  for (const [n, item] of [...many.entries()].filter(([n]) => n % 13 === 0)) {
    const alone = await rank(tied, asked([item]), { k: 6, threads: 1 })
    users.forEach((_, user) => {
      expect(together.meanRanks[user * many.length + n]).toBe(alone.meanRanks[user])
      expect(together.pessimisticRanks[user * many.length + n]).toBe(alone.pessimisticRanks[user])
    })
  }
})

test('a model that fails, or is stopped, fails the ranking', async () => {
  let blocks = 0
  const failing: Scorer = {
    async score(...asked) {
      if (++blocks === 2) throw new Error('no luck')
      await score(...asked)
    },
  }
  await expect(rank(failing, questions, { k: 6 })).rejects.toThrow('no luck')
  const stop = new AbortController()
  const onRanked = () => stop.abort()
  await expect(rank(opaque, questions, { k: 6, onRanked, signal: stop.signal })).rejects.toThrow('aborted')
})

test('factors that do not fit the interactions are refused', async () => {
  const narrow = { ...model, itemFactors: model.itemFactors.subarray(5) }
  await expect(rank(narrow, questions, { k: 6 })).rejects.toThrow('the model has 60 items')
  const few = { ...model, userFactors: model.userFactors.subarray(5) }
  await expect(rank(few, questions, { k: 6 })).rejects.toThrow('the model has 2499 users')
})
