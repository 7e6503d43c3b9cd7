import { normalStream, randomStream } from '@cairn/platform/statistics/random'
import { describe, expect, test } from 'vitest'
import { buildInteractions } from '../data/interactions.js'
import { trainPopularity } from '../models/popularity/train.js'
import { fitRatingBias } from '../models/rating-bias.js'
import type { FactorModel } from '../scoring/factor-model.js'
import { evaluate } from './evaluate.js'
import { leakFlags } from './leaks.js'
import { getProtocol, PROTOCOLS, protocolIds } from './protocol.js'
import { rank } from './ranking/rank.js'
import { split } from './splits/split.js'

const USERS = 45
const ITEMS = 301

/** Every user has about a third of the items in random order; the first 20 items are more popular. */
function createWorld() {
  const random = randomStream(11)
  const users: number[] = []
  const items: number[] = []
  for (let user = 0; user < USERS; user++)
    for (let item = 0; item < ITEMS; item++)
      if (random() < (item < 20 ? 0.8 : 0.3)) {
        users.push(user)
        items.push(item)
      }
  const times = users.map(() => Math.floor(random() * 1000))
  const values = users.map(() => 1 + Math.floor(random() * 5))
  return buildInteractions({ users, items, times, values }, 'hash')
}

function randomModel(dimensions: number): FactorModel {
  const normal = normalStream(5)
  const factors = (rows: number) => new Float32Array(rows * dimensions).map(normal)
  return { dimensions, userFactors: factors(USERS), itemFactors: factors(ITEMS) }
}

const world = createWorld()
const loo = split('loo.v1', world)
const gts = split('gts.q90.v1', world)

test.each([1, 5, 24])('ranks with %i dimensions as sorting the dot products does', async (dimensions) => {
  const model = randomModel(dimensions)
  const { train, targets } = gts.test
  const allowed = new Uint8Array(ITEMS).fill(1).fill(0, 40, 60)
  const queries = { histories: train, targets, candidates: allowed }
  const rankings = await rank(model, queries, { k: 7, threads: 2 })
  targets.users.forEach((user, n) => {
    const seen = new Set(train.itemOf.subarray(train.starts[user], train.ends[user]))
    const score = (item: number) => {
      let sum = 0
      for (let d = 0; d < dimensions; d++)
        sum += model.userFactors[user * dimensions + d]! * model.itemFactors[item * dimensions + d]!
      return sum
    }
    const order = [...Array(ITEMS).keys()]
      .filter((item) => allowed[item] && !seen.has(item))
      .sort((a, b) => score(b) - score(a))
    expect([...rankings.lists.subarray(n * 7, n * 7 + 7)]).toEqual(order.slice(0, 7))
    for (let at = targets.offsets[n]!; at < targets.offsets[n + 1]!; at++) {
      const index = order.indexOf(targets.items[at]!)
      expect(rankings.meanRanks[at]).toBe(index < 0 ? Number.POSITIVE_INFINITY : index)
    }
  })
})

test('does not depend on the number of threads', async () => {
  const model = trainPopularity(loo.test.train)
  const protocol = getProtocol('loo.full.seenfiltered.v1')
  const [one, three] = await Promise.all([1, 3].map((threads) => evaluate(model, loo, protocol, { threads })))
  expect(three).toEqual(one)
})

test.each(protocolIds)('%s: measures popularity with intervals and flags inflated precision', async (id) => {
  const protocol = getProtocol(id)
  const parts = split(protocol.split, world)
  const { summary, perUser } = await evaluate(trainPopularity(parts.test.train), parts, protocol)
  const { metrics, intervals, pessimistic } = summary
  expect(summary).toMatchObject({ protocol: id, standing: protocol.standing, fold: 'test', k: 10 })
  expect(summary.n_users).toBe(perUser.users.length)
  const inflated = protocol.precision === 'hits / targets'
  const codes = summary.flags.map(({ code }) => code)
  // With ten relevant items per user, precision equals recall for every model
  const flagged =
    protocol.standing === 'inflated' && summary.mean_targets < 10
      ? ['precision_equals_recall', 'impossible_precision']
      : []
  expect(codes).toEqual(flagged)
  if (protocol.targets === 'last') {
    expect(summary.n_targets).toBe(summary.n_users)
    expect(metrics.recall).toBe(metrics.hit_rate)
    expect(metrics.precision).toBeCloseTo(metrics.recall / (inflated ? 1 : 10), 12)
  } else expect(summary.mean_targets).toBeGreaterThan(1)
  expect(intervals.recall.low).toBeLessThanOrEqual(metrics.recall)
  expect(intervals.recall.high).toBeGreaterThanOrEqual(metrics.recall)
  expect(pessimistic.ndcg).toBeLessThanOrEqual(metrics.ndcg)
})

test('does not depend on the order of users or rows', async () => {
  const columns = {
    users: [] as number[],
    items: [] as number[],
    times: [] as number[],
    values: [] as number[],
  }
  for (let user = USERS - 1; user >= 0; user--)
    for (let event = world.ends[user]! - 1; event >= world.starts[user]!; event--) {
      columns.users.push(user)
      columns.items.push(world.itemOf[event]!)
      columns.times.push(world.times![event]!)
      columns.values.push(world.values![event]!)
    }
  const shuffled = buildInteractions(columns, 'hash')
  for (const protocol of protocolIds.map(getProtocol)) {
    const [one, other] = await Promise.all(
      [world, shuffled].map(async (events) => {
        const parts = split(protocol.split, events)
        return evaluate(trainPopularity(parts.test.train), parts, protocol, { threads: 1 })
      }),
    )
    expect(other, protocol.id).toEqual(one)
  }
})

test('measures the errors of predicted ratings', async () => {
  const parts = split('random.v1', world)
  const protocol = getProtocol('rated-only.v1')
  const { summary } = await evaluate(fitRatingBias(parts.test.train), parts, protocol)
  const { values } = parts.test.targets
  const errors = Array.from(values!, (value) => value - 3)
  const rmse = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length)
  expect(summary.ratings!.n).toBe(values!.length)
  expect(summary.ratings!.rmse).toBeGreaterThan(0.9 * rmse)
  expect(summary.ratings!.rmse).toBeLessThan(1.2 * rmse)
  expect(summary.ratings!.mae).toBeLessThan(summary.ratings!.rmse)
  const popularity = await evaluate(trainPopularity(parts.test.train), parts, protocol)
  expect(popularity.summary.ratings).toBeUndefined()
})

test('gives a model with equal scores no hits', async () => {
  const flat = { dimensions: 1, userFactors: new Float32Array(USERS), itemFactors: new Float32Array(ITEMS) }
  const { summary } = await evaluate(flat, loo, getProtocol('loo.full.seenfiltered.v1'))
  expect(summary.metrics.hit_rate).toBe(0)
})

test('rejects zero threads and zero k', async () => {
  const model = trainPopularity(loo.test.train)
  const protocol = getProtocol('loo.full.seenfiltered.v1')
  await expect(evaluate(model, loo, protocol, { threads: 0 })).rejects.toThrow("'threads' must be a positive")
  await expect(evaluate(model, loo, protocol, { k: 0 })).rejects.toThrow(
    "'k' must be a positive integer, not 0",
  )
})

test('rejects a split other than that of the protocol', async () => {
  const model = trainPopularity(gts.test.train)
  await expect(evaluate(model, gts, getProtocol('loo.full.seenfiltered.v1'))).rejects.toThrow(
    "is measured on split 'loo.v1', not 'gts.q90.v1'",
  )
  expect(() => getProtocol('loo.uni99.v1')).toThrow("Unknown evaluation protocol 'loo.uni99.v1'")
  expect(() => getProtocol('inflated.a.uni0.v1')).toThrow('Unknown evaluation protocol')
  expect(getProtocol('inflated.a.uni20.v1')).toMatchObject({
    standing: 'inflated',
    candidates: { negatives: 20 },
  })
  expect(getProtocol('inflated.a.uni100.v1')).toEqual(PROTOCOLS.find(({ id }) => id.startsWith('inflated.a')))
})

describe('leak flags', () => {
  const evaluated = evaluate(
    trainPopularity(loo.test.train),
    loo,
    getProtocol('loo.full.seenfiltered.v1'),
  ).then(({ summary }) => summary)
  const withMetrics = async (metrics: object) => {
    const summary = await evaluated
    return { ...summary, metrics: { ...summary.metrics, ...metrics } }
  }
  const codes = (flags: { code: string }[]) => flags.map(({ code }) => code)

  test('flags precision equal to recall unless there are k targets per user', async () => {
    const summary = await withMetrics({ precision: 0.0861, recall: 0.08612 })
    expect(codes(leakFlags(summary, loo.test))).toEqual(['precision_equals_recall'])
    expect(codes(leakFlags({ ...summary, mean_targets: 10 }, loo.test))).toEqual([])
  })

  test('flags a precision above that of a perfect model', async () => {
    expect(codes(leakFlags(await withMetrics({ precision: 0.86, recall: 0.9 }), loo.test))).toEqual([
      'impossible_precision',
    ])
  })

  test('flags a model below popularity', async () => {
    expect(codes(leakFlags(await withMetrics({ ndcg: 0 }), loo.test, await evaluated))).toEqual([
      'below_popularity',
    ])
  })

  test('counts test events in the training data', async () => {
    const leaking = { ...loo.test, train: world }
    const flags = leakFlags(await evaluated, leaking)
    expect(codes(flags)).toEqual(['test_in_training'])
    expect(flags[0]!.message).toContain(`${USERS} of ${USERS} test events`)
  })
})
