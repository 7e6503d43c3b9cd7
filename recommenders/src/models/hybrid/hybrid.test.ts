import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FUSION_METHODS } from '@cairn/flavors/fusion/terms'
import { loadModel } from '@cairn/flavors/load'
import { recommend } from '@cairn/flavors/testing/predict'
import { writeFolder } from '@cairn/flavors/testing/write-folder'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { buildInteractions } from '../../data/interactions.js'
import { evaluate } from '../../evaluation/evaluate.js'
import { getProtocol } from '../../evaluation/protocol.js'
import { resolveParameters } from '../../recipe.js'
import { fromHistoryScorer } from '../../scoring/history-scorer.js'
import type { Scorer } from '../../scoring/scorer.js'
import { fitMembers } from '../member.js'
import { holdOut } from '../two-stage/hold-out.js'
import { data, ITEMS, looSplit, USERS, world } from '../two-stage/testing/world.js'
import { chooseWeights, ndcgOf } from './choose-weights.js'
import { fitHybrid, hybrid } from './recipe.js'
import { keepMembers } from './weight-queries.js'

// Fits start threads, which take long on a busy machine
vi.setConfig({ testTimeout: 120_000 })

const parameters = {
  members: ['ials', 'markov'],
  member_parameters: { ials: { factors: 8, epochs: 4 } },
  depth: 15,
  num_boost_round: 12,
  min_child_weight: 1,
}
const parametersFor = (method: 'stacked' | (typeof FUSION_METHODS)[number]) =>
  resolveParameters(hybrid, { ...parameters, method })

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cairn-hybrid-'))
})
afterAll(() => rm(root, { recursive: true }))

describe('weights', () => {
  const queries = fc.record({
    members: fc.integer({ min: 1, max: 3 }),
    seed: fc.array(fc.double({ noNaN: true, min: -2, max: 2 }), { minLength: 60, maxLength: 60 }),
  })

  test('are at least as good as equal weights and as any member alone', () => {
    fc.assert(
      fc.property(queries, ({ members, seed }) => {
        const rows = Math.floor(60 / members)
        const offsets = Int32Array.of(0, Math.floor(rows / 3), Math.floor(rows / 2), rows)
        const all = { members, offsets, terms: Float32Array.from(seed.slice(0, rows * members)) }
        const { weights, ndcg } = chooseWeights(all)
        expect(ndcg).toBe(ndcgOf(all, weights))
        expect(ndcg).toBeGreaterThanOrEqual(ndcgOf(all, Array(members).fill(1)))
        const alone = keepMembers(
          all,
          Array.from({ length: members }, (_, member) => member === 0),
        )
        expect(ndcgOf(alone, [1])).toBeCloseTo(
          ndcgOf(
            all,
            Array.from({ length: members }, (_, n) => (n === 0 ? 1 : 0)),
          ),
          12,
        )
      }),
    )
  })

  test('are 0 for a misleading member', () => {
    const terms = Array.from({ length: 40 }, (_, row) => [row % 4 === 0 ? 2 : row % 3, row % 4 === 0 ? 0 : 5])
    const offsets = Int32Array.from({ length: 11 }, (_, n) => n * 4)
    const { weights, ndcg } = chooseWeights({ members: 2, offsets, terms: Float32Array.from(terms.flat()) })
    expect(weights[1]).toBe(0)
    expect(ndcg).toBeGreaterThan(0.7)
  })
})

test.each(FUSION_METHODS)(
  '%s: is about as good as its best member and better than the other',
  async (method) => {
    const protocol = getProtocol('loo.full.seenfiltered.v1')
    const fused = await fitHybrid(data, parametersFor(method), { threads: 1 })
    const ndcgOf = async (model: Scorer) =>
      (await evaluate(model, looSplit, protocol, { threads: 1 })).summary.metrics.ndcg
    const [best, other] = ['markov_3', 'ials'].map((name) => {
      const { scorer } = fused.members.find((member) => member.name === name)!
      return ndcgOf(fromHistoryScorer(scorer))
    })
    const ndcg = await ndcgOf(fused)
    expect(ndcg).toBeGreaterThan((await best!) - 0.02)
    expect(ndcg).toBeGreaterThan((await other!) + 0.1)
  },
)

test.each(['stacked', ...FUSION_METHODS] as const)(
  '%s: serves the same scores as evaluated, to the bit',
  async (method) => {
    const model = await fitHybrid(data, parametersFor(method), { threads: 1 })
    const folder = join(root, method)
    await writeFolder(folder, await hybrid.files(model, { ...data, metadata: {} }))
    const served = await loadModel(folder)
    expect(served.flavor).toBe(method === 'stacked' ? 'two-stage' : 'fusion')
    const users = Int32Array.from({ length: USERS }, (_, user) => user)
    const scores = new Float32Array(USERS * ITEMS)
    await model.score(data.train, users, scores)
    for (let user = 0; user < USERS; user += 31) {
      const { recommendations } = await recommend(served, { user_id: user, k: ITEMS })
      const own = scores.subarray(user * ITEMS, (user + 1) * ITEMS)
      expect(recommendations).toHaveLength(own.filter((score) => score > Number.NEGATIVE_INFINITY).length)
      for (const { item_id, score } of recommendations) expect(score).toBe(own[world.items.find(item_id)!])
    }
  },
)

test('uses members that are fitted already', async () => {
  const { rest } = holdOut(data.train, 1)
  const pair = {
    heldOut: await fitMembers('markov', {}, { ...data, train: rest }, {}),
    whole: await fitMembers('markov', {}, data, {}),
  }
  const parameters = parametersFor('z-score')
  const brought = await fitHybrid(data, { ...parameters, members: ['ials'] }, { threads: 1, fitted: [pair] })
  const own = await fitHybrid(data, parameters, { threads: 1 })
  const scoresOf = async (model: typeof own) => {
    const into = new Float32Array(3 * ITEMS)
    await model.score(data.train, Int32Array.of(0, 1, 2), into)
    return into
  }
  expect(await scoresOf(brought)).toEqual(await scoresOf(own))
})

test('chooses the weights again for each ablation', async () => {
  const model = await fitHybrid(data, parametersFor('z-score'), { threads: 1 })
  const without: string[] = []
  for await (const one of hybrid.ablations!(model)) {
    without.push(one.without)
    const into = new Float32Array(ITEMS)
    await one.model.score(data.train, Int32Array.of(4), into)
    expect(into.some((score) => score > Number.NEGATIVE_INFINITY)).toBe(true)
  }
  expect(without).toEqual(['ials', 'markov'])
})

test('rejects too few users with their number', async () => {
  const few = buildInteractions({ users: [1, 1, 1, 2, 2, 2], items: [1, 2, 3, 2, 3, 1] }, 'row')
  const fit = fitHybrid({ train: few }, parametersFor('z-score'), { threads: 1 })
  await expect(fit).rejects.toThrow('2 users have two or more events; choosing weights takes at least 20')
  expect(() => resolveParameters(hybrid, { method: 'vote' as 'stacked' })).toThrow(
    "Hybrid parameter 'method'",
  )
})
