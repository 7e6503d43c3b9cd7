import { buildInteractions, countEvents, type Interactions } from '@cairn/recommenders/data/interactions'
import { trainPopularity } from '@cairn/recommenders/models/popularity/train'
import { asScorer } from '@cairn/recommenders/scoring/factor-scorer'
import { expect, test } from 'vitest'
import { flagsOf, measure, metricsOf, perUserOf, protocolsFor } from './measure.js'

/** 40 users who watch 55 films in order, each from a different start, and finish with the same five. */
function walks() {
  const users: number[] = []
  const items: number[] = []
  const times: number[] = []
  for (let user = 1; user <= 40; user++)
    for (let step = 0; step < 12; step++) {
      users.push(user)
      items.push(step < 8 ? 6 + ((user * 3 + step) % 55) : 1 + ((user + step) % 5))
      times.push(step * 1000 + user)
    }
  return buildInteractions({ users, items, times }, 'hash')
}

const TEMPORAL = { id: 'gts.q90.full.seenfiltered.v1', prefix: '' }
const LEAVE_ONE_OUT = { id: 'loo.full.seenfiltered.v1', prefix: 'loo_' }

test('trains for each protocol, and prefixes the metrics of the secondary one', async () => {
  const events = walks()
  const parts: number[] = []
  const fit = async (train: Interactions) => {
    parts.push(countEvents(train))
    return asScorer(trainPopularity(train))
  }
  const measured = [
    await measure(events, fit, TEMPORAL, { threads: 1 }),
    await measure(events, fit, LEAVE_ONE_OUT, { threads: 1 }),
  ] as const
  expect(parts).toEqual([432, 440])
  const metrics = Object.assign({}, ...measured.map(metricsOf)) as Record<string, number>
  for (const name of ['precision', 'recall', 'recall_capped', 'ndcg', 'hr', 'mrr', 'map'])
    for (const prefix of ['', 'loo_']) {
      const value = metrics[`${prefix}${name}_at_10`]!
      expect(value).toBeGreaterThanOrEqual(metrics[`${prefix}${name}_at_10_ci_low`]!)
      expect(value).toBeLessThanOrEqual(metrics[`${prefix}${name}_at_10_ci_high`]!)
    }
  expect(metrics.loo_n_users).toBe(40)
  expect(metrics.loo_n_targets).toBe(40)
  expect(metrics.loo_precision_at_10).toBeCloseTo(metrics.loo_recall_at_10! / 10, 12)
  expect(flagsOf(measured)).toEqual([])
  const perUser = perUserOf(measured[0], events, 'digest')
  expect(perUser).toMatchObject({ protocol: 'gts.q90.full.seenfiltered.v1', k: 10, data_digest: 'digest' })
  expect(perUser.users).toHaveLength(metrics.n_users!)
  expect(perUser.metrics.ndcg).toHaveLength(metrics.n_users!)
  expect(new Set(perUser.users).size).toBe(perUser.users.length)
})

test('flags a model below popularity, and names the protocol', async () => {
  const worst = async (train: Parameters<typeof trainPopularity>[0]) => {
    const { itemFactors, ...rest } = trainPopularity(train)
    return asScorer({ ...rest, itemFactors: itemFactors.map((score, item) => -score - item / 1000) })
  }
  const measured = await measure(walks(), worst, { ...LEAVE_ONE_OUT, prefix: '' }, { threads: 1 })
  const flags = flagsOf([measured])
  expect(flags.map((flag) => flag.code)).toContain('below_popularity')
  const codes = flagsOf([{ ...measured, prefix: 'loo_' }]).map((flag) => flag.code)
  expect(codes, 'the 40 users of a secondary protocol').not.toContain('below_popularity')
  expect(flags[0]!.message).toMatch(/^loo\.full\.seenfiltered\.v1: /)
})

test('prefers the split by time, and leave-one-out if too few users remain', () => {
  expect(protocolsFor(walks()).primary).toEqual({ id: 'loo.full.seenfiltered.v1', prefix: '' })
  const users = Array.from({ length: 4000 }, (_, event) => event % 200)
  const items = users.map((_, event) => (event * 13) % 997)
  const events = buildInteractions({ users, items, times: users.map((_, event) => event) }, 'hash')
  expect(protocolsFor(events)).toEqual({
    primary: { id: 'gts.q90.full.seenfiltered.v1', prefix: '' },
    secondary: { id: 'loo.full.seenfiltered.v1', prefix: 'loo_' },
  })
})

test('measures no protocol without users, and refuses events that leave none under both', () => {
  const events = (lists: readonly (readonly number[])[], time: (event: number) => number) =>
    buildInteractions(
      {
        users: lists.flatMap((items, user) => items.map(() => user)),
        items: lists.flat(),
        times: lists.flatMap((items) => items.map((_, event) => time(event))),
      },
      'row',
    )
  const equalTimes = events(
    [
      [1, 2, 3],
      [2, 3, 1],
    ],
    () => 7,
  )
  expect(protocolsFor(equalTimes)).toEqual({ primary: { id: 'loo.full.seenfiltered.v1', prefix: '' } })
  const pairs = (users: number) =>
    events(
      Array.from({ length: users }, (_, user) => [user, user + 1]),
      (event) => event,
    )
  expect(protocolsFor(pairs(100))).toEqual({ primary: { id: 'gts.q90.full.seenfiltered.v1', prefix: '' } })
  for (const hopeless of [
    pairs(40),
    events(
      [
        [1, 1, 1],
        [1, 2, 1],
      ],
      (event) => event,
    ),
  ])
    expect(() => protocolsFor(hopeless)).toThrow(
      /three events, the last of them of an item that they had not before/,
    )
})
