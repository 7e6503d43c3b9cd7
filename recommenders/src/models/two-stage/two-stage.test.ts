import { xgboostUbj } from '@cairn/flavors/xgboost/write'
import { describe, expect, test, vi } from 'vitest'
import { buildInteractions, type Interactions } from '../../data/interactions.js'
import { evaluate } from '../../evaluation/evaluate.js'
import { getProtocol } from '../../evaluation/protocol.js'
import { historyScorerOf } from '../../scoring/history-scorer-of.js'
import type { Scorer } from '../../scoring/scorer.js'
import { markov } from '../markov/recipe.js'
import { type FitStep, parametersOf } from '../recipe.js'
import { positionsOf } from './extent.js'
import { fitTwoStage } from './fit.js'
import { holdOut } from './hold-out.js'
import { twoStage } from './recipe.js'
import { data, ITEMS, parts, small } from './testing/world.js'

// Fits start threads, which a busy machine lets wait
vi.setConfig({ testTimeout: 120_000 })

describe('nothing leaks from the answers into what the trees learn from', () => {
  /** The same histories with other answers: each user's last item becomes another one that they have not had. */
  function withOtherAnswers(train: Interactions): Interactions {
    const { rest, users, answers } = holdOut(train, 1)
    const itemOf = train.itemOf.slice()
    for (const [question, user] of users.entries()) {
      const seen = new Set(train.itemOf.subarray(rest.starts[user], train.ends[user]))
      const unseen = [...Array(ITEMS).keys()].filter((item) => !seen.has(item))
      itemOf[answers[question]!] = unseen[(user * 7) % unseen.length]!
    }
    return { ...train, itemOf }
  }

  test('other answers change which candidate is right, and no feature of any', async () => {
    const parameters = { ...small, positions: 1, negatives: 1000, depth: ITEMS }
    const groupsOf = async (train: Interactions) => {
      const { rows } = await fitTwoStage({ ...data, train }, parameters, { threads: 1 })
      expect(rows.missed).toBe(0)
      const width = rows.features.length / rows.labels.length
      let at = 0
      return [...rows.groups].map((size) => {
        const group = Array.from({ length: size }, (_, n) => [
          ...rows.features.subarray((at + n) * width, (at + n + 1) * width),
        ])
        at += size
        return { answer: group[0], candidates: group.map((row) => row.join()).sort() }
      })
    }
    const groups = await groupsOf(data.train)
    const others = await groupsOf(withOtherAnswers(data.train))
    expect(others.map(({ candidates }) => candidates)).toEqual(groups.map(({ candidates }) => candidates))
    expect(others.map(({ answer }) => answer)).not.toEqual(groups.map(({ answer }) => answer))
  })
})

test('it ranks better than its members do alone', async () => {
  const protocol = getProtocol('loo.full.seenfiltered.v1')
  const ranker = await fitTwoStage(data, { ...small, num_boost_round: 40 }, { threads: 2 })
  const alone = await markov.fit(data, parametersOf(markov))
  const { summary } = await evaluate(ranker, parts, protocol, { threads: 2 })
  const member = await evaluate(alone, parts, protocol, { threads: 2 })
  expect(summary.metrics.ndcg).toBeGreaterThan(member.summary.metrics.ndcg + 0.02)
})

test('one and two threads train the same bytes, another seed others', async () => {
  const bytes = async (threads: number, seed = 42) => {
    const { scorer } = await fitTwoStage(data, { ...small, seed }, { threads })
    return Buffer.from(xgboostUbj(scorer.booster)).toString('base64')
  }
  const [one, two, other] = [await bytes(1), await bytes(2), await bytes(1, 43)]
  expect(two).toBe(one)
  expect(other).not.toBe(one)
})

test('it says how far it is, and stops when it is told to', async () => {
  const steps: FitStep[] = []
  await fitTwoStage(data, small, { threads: 1, onStep: (step) => void steps.push(step) })
  const last = steps.at(-1)!
  expect([last.done, last.unit]).toEqual([last.total, 'steps'])
  const controller = new AbortController()
  const stopped = fitTwoStage(data, small, {
    threads: 1,
    signal: controller.signal,
    onStep: ({ message }) => {
      if (message === 'tree 2') controller.abort(new Error('cancelled by the user'))
    },
  })
  await expect(stopped).rejects.toThrow('cancelled by the user')
})

test('too little data is refused with the numbers', async () => {
  const few = buildInteractions({ users: [1, 1, 1, 2, 2, 2], items: [1, 2, 3, 2, 3, 1] }, 'row')
  await expect(fitTwoStage({ train: few }, small, { threads: 1 })).rejects.toThrow(
    /only \d of 2 held-out events/,
  )
})

test.each([
  [{ members: [] }, "XGBoost two-stage parameter 'members'"],
  [{ depth: 0 }, "XGBoost two-stage parameter 'depth'"],
  [{ engine: 'magic' }, "XGBoost two-stage parameter 'engine'"],
])('a bad parameter is refused by name: %j', (given, message) => {
  expect(() => parametersOf(twoStage, given as object)).toThrow(message)
})

test('a kind that there is not, and a parameter that its kind does not have, are refused', async () => {
  const fit = (changes: object) => fitTwoStage(data, { ...small, ...changes }, { threads: 1 })
  await expect(fit({ members: ['magic'] })).rejects.toThrow("A model of kind 'magic' cannot be a member")
  await expect(fit({ member_parameters: { markov: { window: 0 } } })).rejects.toThrow(
    "Markov-3 parameter 'window'",
  )
})

test('an ablation leaves out one kind of member with all that it proposes and says', async () => {
  const ranker = await fitTwoStage(data, { ...small, num_boost_round: 3 }, { threads: 1 })
  const ablations = []
  for await (const one of twoStage.ablations!(ranker, { threads: 1 })) ablations.push(one)
  expect(ablations.map(({ without }) => without)).toEqual(['ials', 'markov'])
  const users = Int32Array.of(0, 1, 2)
  const scoresOf = async (model: Scorer) => {
    const into = new Float32Array(users.length * ITEMS)
    await model.score(data.train, users, into)
    return into
  }
  const whole = await scoresOf(ranker)
  const proposed = (scores: Float32Array) =>
    [...scores.keys()].filter((at) => scores[at]! > Number.NEGATIVE_INFINITY)
  for (const { model } of ablations) {
    const left = proposed(await scoresOf(model))
    expect(left.length).toBeLessThan(proposed(whole).length)
    expect(proposed(whole)).toEqual(expect.arrayContaining(left))
  }
  const alone = await fitTwoStage(data, { ...small, members: ['markov'] }, { threads: 1 })
  const { model } = ablations[0]!
  expect(proposed(await scoresOf(model))).toEqual(proposed(await scoresOf(alone)))
})

test('a kind that is reused is fitted once, without the held-out events', async () => {
  const again = await fitTwoStage(data, { ...small, reuse: ['markov'] }, { threads: 1 })
  const { rest } = holdOut(data.train, positionsOf(data.train, small))
  const first = await markov.fit({ train: rest }, parametersOf(markov))
  const into = new Float32Array(ITEMS)
  const wanted = new Float32Array(ITEMS)
  await again.members.find(({ name }) => name === 'markov_3')!.scorer.score([Int32Array.of(3, 5)], into)
  await historyScorerOf(first, data.train.items).score([Int32Array.of(3, 5)], wanted)
  expect(into).toEqual(wanted)
})
