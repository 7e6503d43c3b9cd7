import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ApiError } from '@cairn/platform/errors'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadModel } from '../load.js'
import { loadScorer } from '../load-scorer.js'
import type { ModelFiles } from '../mlmodel/model-folder.js'
import { folderSaver } from '../testing/folder-saver.js'
import { recommend } from '../testing/predict.js'
import { aTwoStageModel } from '../testing/two-stage-model.js'
import { readTwoStage, twoStageFiles } from './artifact.js'

const save = folderSaver()

const model = aTwoStageModel()
const good = twoStageFiles(model)

test('round-trips', async () => {
  const { plan, traits, depth, booster, members, table } = await readTwoStage(await save(good), loadScorer)
  expect({ plan, traits, depth, booster }).toEqual({
    plan: model.plan,
    traits: model.traits,
    depth: model.depth,
    booster: model.booster,
  })
  expect(members.map(({ name }) => name)).toEqual(['ials', 'markov_3'])
  expect(table.items).toEqual(model.items)
})

describe('recommendations', () => {
  test('are candidates of the members outside the history, with reasons', async () => {
    const types = new Set<string>()
    for (let seed = 1; seed <= 6; seed++) {
      const one = aTwoStageModel(14, seed)
      const served = await loadModel(await save(twoStageFiles(one)))
      expect(served.flavor).toBe('two-stage')
      const { ids } = one.items
      const history = [ids[2]!, ids[6]!, ids[2]!]
      const { recommendations, source } = await recommend(served, {
        history,
        k: 50,
        filter_seen: false,
        reasons: true,
      })
      expect(source).toBe('history')
      expect(recommendations.length).toBeGreaterThanOrEqual(one.depth)
      expect(recommendations.length).toBeLessThanOrEqual(2 * one.depth)
      for (const { item_id, reasons = [] } of recommendations) {
        expect(history).not.toContain(item_id)
        expect(reasons.length).toBeGreaterThan(0)
        expect(reasons.length).toBeLessThanOrEqual(3)
        const contributions = reasons.flatMap((one) => ('contribution' in one ? [one.contribution] : []))
        expect(contributions).toEqual(contributions.toSorted((a, b) => b - a))
        for (const reason of reasons) {
          types.add(reason.type)
          if ('item_id' in reason) expect(history).toContain(reason.item_id)
          if ('contribution' in reason) expect(reason.contribution).toBeGreaterThan(0)
          if ('trait' in reason) expect(['year', 'genres']).toContain(reason.trait)
        }
      }
    }
    expect([...types]).toEqual(expect.arrayContaining(['influence', 'trait']))
  })

  test('without a history are the most popular items', async () => {
    const served = await loadModel(await save(good))
    expect((await recommend(served, { k: 3 })).source).toBe('popularity')
  })
})

describe('rejects an invalid folder', () => {
  const manifest = JSON.parse(good['two-stage.json'] as string) as { plan: object }
  const json = (changes: object) => ({ 'two-stage.json': JSON.stringify({ ...manifest, ...changes }) })
  const plan = (changes: object) => json({ plan: { ...manifest.plan, ...changes } })
  const other = twoStageFiles(aTwoStageModel(15, 2))
  const members = (name: string, from: ModelFiles) =>
    Object.fromEntries(Object.entries(from).filter(([path]) => path.startsWith(`members/${name}/`)))

  test.each<[string, ModelFiles, RegExp]>([
    ['another format', json({ format: 'cairn.als' }), /must be 'cairn\.two-stage'/],
    ['another version', json({ format_version: 2 }), /format_version 1/],
    ['no depth', json({ depth: 0 }), /depth/],
    ['a depth of a billion', json({ depth: 1e9 }), /depth/],
    ['no plan', json({ plan: null }), /plan must be an object/],
    ['text for views', plan({ views: 'all' }), /plan\.views/],
    ['a view of nothing', plan({ views: [{ member: 'ials', latest: 0 }] }), /plan\.views/],
    ['members that lead elsewhere', plan({ members: ['../../etc'] }), /not a member name/],
    ['members that repeat', plan({ members: ['ials', 'ials'] }), /a name repeats/],
    ['no members', plan({ members: [] }), /1 to 31 names/],
    ['a missing member', plan({ members: ['ease'] }), /member 'ease': The model has no MLmodel/],
    ['a plan of other columns', plan({ labels: [] }), /the trees have the features/],
    ['a missing trait', plan({ numbers: ['__proto__'] }), /no column __proto__/],
    ['trees that are none', { 'model.ubj': 'hello' }, /model\.ubj/],
    ['trees of other columns', { 'model.ubj': other['model.ubj']!.slice(0, 100) }, /model\.ubj/],
    ['traits of other items', { 'traits.arrow': other['traits.arrow']! }, /item_id differs/],
    ['a member of other items', members('markov_3', other), /member 'markov_3': its items differ/],
    [
      'a member that is a composite itself',
      { 'members/ials/MLmodel': good.MLmodel! },
      /member 'ials': No flavor of the member \(two-stage, xgboost\)/,
    ],
    [
      'a broken member',
      { 'members/markov_3/transitions.arrow': 'hello' },
      /member 'markov_3': transitions\.arrow: not readable/,
    ],
  ])('%s', async (_, changes, message) => {
    const loading = loadModel(await save({ ...good, ...changes }))
    await expect(loading).rejects.toThrow(message)
    await expect(loading).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
  })

  test('rejects corrupt or truncated bytes, or recommends', async () => {
    const folder = await save(good)
    const names = ['two-stage.json', 'model.ubj', 'traits.arrow']
    const damage = fc.record({
      name: fc.constantFrom(...names),
      at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      byte: fc.nat(255),
      cut: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(damage, async ({ name, at, byte, cut }) => {
        const bytes = Uint8Array.from(Buffer.from(good[name]!))
        const position = Math.floor(at * bytes.length)
        bytes[position] = byte
        await writeFile(join(folder, name), cut ? bytes.subarray(0, position) : bytes)
        const outcome = await loadModel(folder)
          .then((served) => recommend(served, { history: [model.items.ids[0]!], k: 3, reasons: true }))
          .catch((error: unknown) => error)
        await writeFile(join(folder, name), good[name]!)
        expect(outcome instanceof ApiError || 'recommendations' in (outcome as object), String(outcome)).toBe(
          true,
        )
      }),
      { numRuns: 150 },
    )
  })
})
