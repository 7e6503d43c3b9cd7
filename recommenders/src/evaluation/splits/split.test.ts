import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildInteractions, countEvents, type Interactions } from '../../data/interactions.js'
import { countLeaked } from '../leaks.js'
import { bestRatedTargets, lastTargets, targetsRatedAtLeast } from './create-fold.js'
import { describeSplit, type Fold, SPLITS, type SplitId, split } from './split.js'

const rows = fc.array(fc.record({ user: fc.nat(8), item: fc.nat(20), time: fc.nat(100) }), {
  minLength: 10,
  maxLength: 120,
})
const build = (events: { user: number; item: number; time: number }[]) =>
  buildInteractions(
    { users: events.map((e) => e.user), items: events.map((e) => e.item), times: events.map((e) => e.time) },
    'hash',
  )

const targetsOf = ({ targets }: Fold, n: number) => [
  ...targets.items.subarray(targets.offsets[n], targets.offsets[n + 1]),
]
const trainTimes = ({ train }: Fold) =>
  [...train.starts].flatMap((start, user) => [...train.times!.subarray(start, train.ends[user])])

test.each(Object.keys(SPLITS) as SplitId[])(
  '%s: keeps targets out of training; every evaluated user has a target and a history',
  (id) => {
    fc.assert(
      fc.property(rows, (events) => {
        const { validation, test } = split(id, build(events))
        for (const fold of [validation, test]) {
          expect(countLeaked(fold)).toBe(0)
          fold.targets.users.forEach((user, n) => {
            const { starts, ends } = fold.histories ?? fold.train
            expect(ends[user]!).toBeGreaterThan(starts[user]!)
            expect(targetsOf(fold, n).length).toBe(new Set(targetsOf(fold, n)).size)
            expect(targetsOf(fold, n).length).toBeGreaterThan(0)
          })
        }
      }),
    )
  },
)

test('gts.q90: trains before one cut-off time, which leaves a tenth of the events', () => {
  fc.assert(
    fc.property(rows, (events) => {
      const all = build(events)
      const moment = events.map((e) => e.time).sort((a, b) => a - b)[Math.floor(0.9 * events.length)]!
      const { validation, test } = split('gts.q90.v1', all)
      expect(Math.max(-1, ...trainTimes(test))).toBeLessThan(moment)
      expect(countEvents(test.train)).toBe(events.filter((e) => e.time < moment).length)
      expect(countEvents(validation.train)).toBeLessThanOrEqual(countEvents(test.train))
    }),
  )
})

test('loo: tests the last event and validates the one before; a user with two events only trains', () => {
  const all = buildInteractions(
    { users: [1, 1, 1, 1, 2, 2], items: [10, 11, 12, 13, 10, 11], times: [1, 2, 3, 4, 5, 6] },
    'row',
  )
  const loo = split('loo.v1', all)
  expect([...loo.test.targets.users]).toEqual([0])
  expect(targetsOf(loo.test, 0)).toEqual([3])
  expect(targetsOf(loo.validation, 0)).toEqual([2])
  expect(describeSplit(loo)).toEqual({
    split: 'loo.v1',
    order: 'timestamp, source row',
    validation: { train_events: 4, users: 1, targets: 1 },
    test: { train_events: 5, users: 1, targets: 1 },
  })
})

test('strong: trains on no event of held-out users; their first four fifths are their history', () => {
  const users = Array.from({ length: 3000 }, (_, event) => Math.floor(event / 10))
  const events = buildInteractions({ users, items: users.map((_, event) => event % 37) }, 'row')
  const { validation, test } = split('strong.v1', events)
  for (const { train, histories, targets } of [validation, test]) {
    expect(targets.users.length).toBeGreaterThan(15)
    expect(targets.users.length).toBeLessThan(45)
    for (const user of targets.users) {
      expect(train.ends[user]).toBe(train.starts[user])
      expect(histories!.ends[user]! - histories!.starts[user]!).toBe(8)
    }
  }
  expect([...validation.targets.users].filter((user) => test.targets.users.includes(user))).toEqual([])
  expect(countEvents(test.train)).toBe(3000 - 10 * test.targets.users.length)
})

test('random: assigns a fifth of the events to the test set, with their ratings', () => {
  const users = Array.from({ length: 4000 }, (_, event) => event % 40)
  const items = users.map((_, event) => Math.floor(event / 40))
  const events = buildInteractions({ users, items, values: items.map((item) => item % 5) }, 'row')
  const { validation, test } = split('random.v1', events)
  expect(test.targets.items.length / 4000).toBeCloseTo(0.2, 1)
  expect(validation.targets.items.length / 4000).toBeCloseTo(0.1, 1)
  expect(countEvents(test.train) + test.targets.items.length).toBe(4000)
  test.targets.items.forEach((item, at) => {
    expect(test.targets.values![at]).toBe(items[events.starts[0]! + item * 40]! % 5)
  })
})

test('selects targets by rating and drops users without any', () => {
  const targets = {
    users: Int32Array.of(4, 7, 9),
    offsets: Int32Array.of(0, 3, 4, 7),
    items: Int32Array.of(9, 1, 5, 2, 3, 8, 6),
    values: Float32Array.of(3, 5, 4, 2, 4, 1, 4),
  }
  expect(targetsRatedAtLeast(targets, 4)).toEqual({
    users: Int32Array.of(4, 9),
    offsets: Int32Array.of(0, 2, 4),
    items: Int32Array.of(1, 5, 3, 6),
    values: Float32Array.of(5, 4, 4, 4),
  })
  expect(bestRatedTargets(targets, 2)).toMatchObject({
    users: Int32Array.of(4, 7, 9),
    items: Int32Array.of(1, 5, 2, 3, 6),
  })
  expect(() => bestRatedTargets({ ...targets, values: undefined } as never, 2)).toThrow('needs ratings')
})

test('lastTargets keeps the last target of each user', () => {
  const targets = {
    users: Int32Array.of(4, 7),
    offsets: Int32Array.of(0, 2, 3),
    items: Int32Array.of(9, 1, 5),
  }
  expect([...lastTargets(targets).items]).toEqual([1, 5])
  expect([...lastTargets(targets).offsets]).toEqual([0, 1, 2])
})

test('rejects a temporal split of interactions without timestamps', () => {
  const untimed: Interactions = buildInteractions({ users: [1], items: [1] }, 'row')
  expect(() => split('gts.q90.v1', untimed)).toThrow("split 'gts.q90.v1' needs timestamps")
})
