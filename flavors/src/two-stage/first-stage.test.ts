import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HistoryScorer } from '../recommender/history-scorer.js'
import { randomNumbers } from '../testing/als-model.js'
import { FirstStage, type FirstStageOptions } from './first-stage.js'
import type { Plan } from './plan.js'

const ITEMS = 30
const { NEGATIVE_INFINITY: UNSCORED, NaN: UNKNOWN } = Number

/** Sums a random row for each event; leaves every seventh item unscored and scores some equally. */
function someScorer(seed: number): HistoryScorer {
  const random = randomNumbers(seed)
  const rows = Float32Array.from({ length: ITEMS ** 2 }, () => Math.round(random() * 8) - 3)
  return {
    items: ITEMS,
    score(histories, into) {
      for (const [n, history] of histories.entries())
        for (let item = 0; item < ITEMS; item++)
          into[n * ITEMS + item] =
            item % 7 === seed % 7
              ? UNSCORED
              : history.reduce((sum, row) => sum + rows[row * ITEMS + item]!, 0)
    },
  }
}

const plan: Plan = {
  members: ['one', 'other'],
  views: [{ member: 'other', latest: 2 }],
  numbers: ['year'],
  gaps: ['year'],
  labels: ['genres'],
}
const years = Float32Array.from({ length: ITEMS }, (_, item) => (item % 5 === 0 ? UNKNOWN : 1980 + item))
const genres = Array.from({ length: ITEMS }, (_, item) => ['', 'A', 'A|B', 'B|C|C'][item % 4]!)
const popularity = Float64Array.from({ length: ITEMS }, (_, item) => (item * 11) % 13)
const parts: FirstStageOptions = {
  members: [
    { name: 'one', scorer: someScorer(1) },
    { name: 'other', scorer: someScorer(2) },
  ],
  plan,
  traits: { numbers: { year: years }, labels: { genres } },
  popularity,
  depth: 4,
}

const scoresOf = (scorer: HistoryScorer, history: number[]) => {
  const into = new Float32Array(ITEMS)
  void scorer.score([Int32Array.from(history)], into)
  return [...into]
}
const known = (value: number) => (value === UNSCORED ? UNKNOWN : Math.fround(value))
const expectNear = (got: number, wanted: number) =>
  Number.isNaN(wanted) ? expect(got).toBeNaN() : expect(got).toBeCloseTo(wanted, 4)
const meanKnown = (values: number[]) => {
  const finite = values.filter((value) => !Number.isNaN(value))
  return finite.reduce((sum, value) => sum + value, 0) / finite.length
}

/** Candidates and features by definition, one candidate at a time. */
function naive(history: number[]) {
  const [one, other] = parts.members.map(({ scorer }) => scoresOf(scorer, history)) as [number[], number[]]
  const view = scoresOf(parts.members[1]!.scorer, history.slice(-2))
  const unseen = (scores: number[]) =>
    [...scores.keys()].filter((item) => !history.includes(item) && scores[item] !== UNSCORED)
  const top = (scores: number[]) =>
    unseen(scores)
      .sort((a, b) => scores[b]! - scores[a]! || popularity[b]! - popularity[a]! || a - b)
      .slice(0, parts.depth)
  const rank = (scores: number[], item: number) =>
    scores[item] === UNSCORED ? UNKNOWN : unseen(scores).filter((row) => scores[row]! > scores[item]!).length
  const labels = (item: number) => [...new Set(genres[item]!.split('|').filter(Boolean))]
  const affinity = (item: number, events: number[]) =>
    labels(item)
      .map((label) => events.filter((row) => labels(row).includes(label)).length / events.length)
      .reduce((sum, share) => sum + share, 0) / labels(item).length
  const recent = history.slice(-10)
  const proposals = [top(one), top(other)]
  const items = [...new Set(proposals.flat())].sort((a, b) => a - b)
  const rows = items.map((item) => [
    known(one[item]!),
    rank(one, item),
    known(other[item]!),
    rank(other, item),
    known(view[item]!),
    years[item]!,
    years[item]! - meanKnown(recent.map((row) => years[row]!)),
    affinity(item, history),
    affinity(item, recent),
    Math.log(history.length),
  ])
  const proposers = items.map((item) =>
    proposals.reduce((bits, own, member) => bits | (own.includes(item) ? 1 << member : 0), 0),
  )
  return { items, rows, proposers }
}

const histories = fc.array(fc.array(fc.nat(ITEMS - 1), { minLength: 1, maxLength: 14 }), {
  minLength: 1,
  maxLength: 4,
})

test('candidates are the top unseen items of any member, with all features', async () => {
  const stage = new FirstStage(parts)
  expect(stage.features.map(({ name }) => name)).toEqual([
    'one',
    'one.rank',
    'other',
    'other.rank',
    'other.last2',
    'year',
    'year.gap',
    'genres.affinity',
    'genres.affinity10',
    'history.length',
  ])
  await fc.assert(
    fc.asyncProperty(histories, async (all) => {
      const { offsets, items, features, proposers } = await stage.propose(
        all.map((one) => Int32Array.from(one)),
      )
      for (const [n, history] of all.entries()) {
        const [from, to] = [offsets[n]!, offsets[n + 1]!]
        const expected = naive(history)
        expect([...items.subarray(from, to)]).toEqual(expected.items)
        expect([...proposers.subarray(from, to)]).toEqual(expected.proposers)
        for (const [place, row] of expected.rows.entries())
          for (const [column, value] of row.entries())
            expectNear(features[(from + place) * row.length + column]!, value)
      }
    }),
  )
})

test('several batches of histories return the same as each history alone', async () => {
  const stage = new FirstStage(parts)
  const many = Array.from({ length: 300 }, (_, n) => Int32Array.of(n % ITEMS, (n * 7) % ITEMS))
  const together = await stage.propose(many)
  expect(together.offsets).toHaveLength(301)
  for (const n of [0, 255, 256, 299]) {
    const alone = await stage.propose([many[n]!])
    const [from, to] = [together.offsets[n]!, together.offsets[n + 1]!]
    const width = stage.features.length
    expect(together.items.subarray(from, to)).toEqual(alone.items)
    expect(together.features.subarray(from * width, to * width)).toEqual(alone.features)
  }
})

test.each<[string, Partial<FirstStageOptions>, RegExp]>([
  ['members that the plan does not have', { members: parts.members.slice(0, 1) }, /the plan has one, other/],
  [
    'a view of an unknown member',
    { plan: { ...plan, views: [{ member: 'x', latest: 1 }] } },
    /'x', which is not a member/,
  ],
  ['another catalogue', { popularity: new Float64Array(5) }, /has 30 items, the item table has 5/],
  ['a trait that is missing', { traits: { numbers: {}, labels: { genres } } }, /missing trait 'year'/],
  ['labels that are missing', { traits: { numbers: { year: years }, labels: {} } }, /missing trait 'genres'/],
  [
    'traits of other items',
    { traits: { numbers: { year: years.slice(1) }, labels: { genres } } },
    /trait 'year' has 29 values for 30 items/,
  ],
])('rejects %s', (_, changes, message) => {
  expect(() => new FirstStage({ ...parts, ...changes })).toThrow(message)
})
