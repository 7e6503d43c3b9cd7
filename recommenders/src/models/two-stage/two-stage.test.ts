import { xgboostUbj } from '@cairn/flavors/xgboost/write'
import { describe, expect, test, vi } from 'vitest'
import { buildInteractions, type Interactions } from '../../data/interactions.js'
import { evaluate } from '../../evaluation/evaluate.js'
import { getProtocol } from '../../evaluation/protocol.js'
import { type FitStep, resolveParameters } from '../../recipe.js'
import { toHistoryScorer } from '../../scoring/history-scorer.js'
import type { Scorer } from '../../scoring/scorer.js'
import { markov } from '../markov/recipe.js'
import { heldOutPositions } from './auto-size.js'
import { fitTwoStage } from './fit.js'
import { holdOut } from './hold-out.js'
import { twoStage } from './recipe.js'
import { data, ITEMS, looSplit, quickParameters } from './testing/world.js'

// Fits start threads, which take long on a busy machine
vi.setConfig({ testTimeout: 120_000 })

describe('leakage between the stages', () => {
  /** The same histories with other targets: each user's last item is replaced by another unseen item. */
  function withOtherAnswers(train: Interactions): Interactions {
    const { rest, users, targets } = holdOut(train, 1)
    const itemOf = train.itemOf.slice()
    for (const [query, user] of users.entries()) {
      const seen = new Set(train.itemOf.subarray(rest.starts[user], train.ends[user]))
      const unseen = [...Array(ITEMS).keys()].filter((item) => !seen.has(item))
      itemOf[targets[query]!] = unseen[(user * 7) % unseen.length]!
    }
    return { ...train, itemOf }
  }

  test('is absent: other targets change the label and no feature of any candidate', async () => {
    const parameters = { ...quickParameters, positions: 1, negatives: 1000, depth: ITEMS }
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
        return { target: group[0], candidates: group.map((row) => row.join()).sort() }
      })
    }
    const groups = await groupsOf(data.train)
    const others = await groupsOf(withOtherAnswers(data.train))
    expect(others.map(({ candidates }) => candidates)).toEqual(groups.map(({ candidates }) => candidates))
    expect(others.map(({ target }) => target)).not.toEqual(groups.map(({ target }) => target))
  })
})

test('ranks better than its members', async () => {
  const protocol = getProtocol('loo.full.seenfiltered.v1')
  const ranker = await fitTwoStage(data, { ...quickParameters, num_boost_round: 40 }, { threads: 2 })
  const alone = await markov.fit(data, resolveParameters(markov))
  const { summary } = await evaluate(ranker, looSplit, protocol, { threads: 2 })
  const member = await evaluate(alone, looSplit, protocol, { threads: 2 })
  expect(summary.metrics.ndcg).toBeGreaterThan(member.summary.metrics.ndcg + 0.02)
})

test('trains the same bytes with one and two threads, and others with another seed', async () => {
  const bytes = async (threads: number, seed = 42) => {
    const { scorer } = await fitTwoStage(data, { ...quickParameters, seed }, { threads })
    return Buffer.from(xgboostUbj(scorer.booster)).toString('base64')
  }
  const [one, two, other] = [await bytes(1), await bytes(2), await bytes(1, 43)]
  expect(two).toBe(one)
  expect(other).not.toBe(one)
})

test('reports progress and stops on abort', async () => {
  const steps: FitStep[] = []
  await fitTwoStage(data, quickParameters, { threads: 1, onStep: (step) => void steps.push(step) })
  const last = steps.at(-1)!
  expect([last.done, last.unit]).toEqual([last.total, 'steps'])
  const controller = new AbortController()
  const stopped = fitTwoStage(data, quickParameters, {
    threads: 1,
    signal: controller.signal,
    onStep: ({ message }) => {
      if (message === 'tree 2') controller.abort(new Error('cancelled by the user'))
    },
  })
  await expect(stopped).rejects.toThrow('cancelled by the user')
})

test('rejects too little data with the numbers', async () => {
  const few = buildInteractions({ users: [1, 1, 1, 2, 2, 2], items: [1, 2, 3, 2, 3, 1] }, 'row')
  await expect(fitTwoStage({ train: few }, quickParameters, { threads: 1 })).rejects.toThrow(
    /only \d of 2 held-out events/,
  )
})

test.each([
  [{ members: [] }, "XGBoost two-stage parameter 'members'"],
  [{ depth: 0 }, "XGBoost two-stage parameter 'depth'"],
  [{ engine: 'magic' }, "XGBoost two-stage parameter 'engine'"],
])('rejects an invalid parameter by name: %j', (overrides, message) => {
  expect(() => resolveParameters(twoStage, overrides as object)).toThrow(message)
})

test('rejects an unknown kind and an invalid parameter of a kind', async () => {
  const fit = (changes: object) => fitTwoStage(data, { ...quickParameters, ...changes }, { threads: 1 })
  await expect(fit({ members: ['magic'] })).rejects.toThrow("A model of kind 'magic' cannot be a member")
  await expect(fit({ member_parameters: { markov: { window: 0 } } })).rejects.toThrow(
    "Markov-3 parameter 'window'",
  )
})

test('leaves out the candidates and features of one kind in each ablation', async () => {
  const ranker = await fitTwoStage(data, { ...quickParameters, num_boost_round: 3 }, { threads: 1 })
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
  const alone = await fitTwoStage(data, { ...quickParameters, members: ['markov'] }, { threads: 1 })
  const { model } = ablations[0]!
  expect(proposed(await scoresOf(model))).toEqual(proposed(await scoresOf(alone)))
})

test('fits a reused kind once, without the held-out events', async () => {
  const again = await fitTwoStage(data, { ...quickParameters, reuse: ['markov'] }, { threads: 1 })
  const { rest } = holdOut(data.train, heldOutPositions(data.train, quickParameters))
  const first = await markov.fit({ train: rest }, resolveParameters(markov))
  const into = new Float32Array(ITEMS)
  const wanted = new Float32Array(ITEMS)
  await again.members.find(({ name }) => name === 'markov_3')!.scorer.score([Int32Array.of(3, 5)], into)
  await toHistoryScorer(first, data.train.items).score([Int32Array.of(3, 5)], wanted)
  expect(into).toEqual(wanted)
})
