import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { idColumn, numberColumn, vectorColumn, writeArrowFile } from '../arrow/arrow-file.js'
import { entry } from '../arrow/sparse-rows.js'
import { loadModel } from '../load.js'
import type { ModelFiles } from '../mlmodel/model-folder.js'
import { randomNumbers } from '../testing/als-model.js'
import { folderSaver } from '../testing/folder-saver.js'
import { recommend } from '../testing/predict.js'
import { someRows, someTables } from '../testing/tables.js'
import { itemWeightsFiles, readItemWeights } from './artifact.js'
import { DualScorer } from './dual-scorer.js'
import type { DualWeights, ItemWeights, ItemWeightsModel } from './model.js'
import { weightsScorer } from './scorer.js'

const save = folderSaver()

const ITEMS = 9
const USERS = 7
const tables = (seed: number) => someTables(ITEMS, USERS, seed)

const denseOf = (seed: number): ItemWeights => {
  const random = randomNumbers(seed)
  return { form: 'dense', values: Float32Array.from({ length: ITEMS * ITEMS }, () => random() - 0.5) }
}

/** Random numbers suffice: the scorer only applies the formula of the form. */
function dualOf(seed: number): DualWeights {
  const random = randomNumbers(seed)
  const kernel = new Float32Array(USERS * USERS)
  for (let a = 0; a < USERS; a++)
    for (let b = 0; b <= a; b++) kernel[a * USERS + b] = kernel[b * USERS + a] = random() - 0.5
  const diagonal = Float64Array.from({ length: ITEMS }, () => 0.2 + random())
  return { form: 'dual', kernel, diagonal, regularization: 1.5 }
}

/** The weight of one item for another by the definition of each form; 0 for itself in the dual form. */
function weightOf(weights: ItemWeights, seed: number): (row: number, item: number) => number {
  if (weights.form === 'dense') return (row, item) => weights.values[row * ITEMS + item]!
  if (weights.form === 'sparse') return (row, item) => entry(weights.rows, row, item)
  const { offsets, items } = tables(seed).users!.histories
  const has = (user: number, item: number) =>
    items.subarray(offsets[user], offsets[user + 1]).includes(item) ? 1 : 0
  return (row, item) => {
    if (row === item) return 0
    let sum = 0
    for (let a = 0; a < USERS; a++)
      for (let b = 0; b < USERS; b++) sum += has(a, row) * weights.kernel[a * USERS + b]! * has(b, item)
    return sum / (weights.regularization * weights.diagonal[item]!)
  }
}

const forms: [string, (seed: number) => ItemWeights][] = [
  ['dense', denseOf],
  ['sparse', (seed) => ({ form: 'sparse', rows: someRows(ITEMS, seed) })],
  ['dual', dualOf],
]

describe.each(forms)('%s weights', (form, weightsOf) => {
  test('a score is the sum over the distinct items of the history, and the contributions add up to it', async () => {
    const scenario = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      histories: fc.array(fc.array(fc.nat(ITEMS - 1), { minLength: 1, maxLength: 7 }), {
        minLength: 1,
        maxLength: 3,
      }),
    })
    await fc.assert(
      fc.asyncProperty(scenario, async ({ seed, histories }) => {
        const weights = weightsOf(seed)
        const weight = weightOf(weights, seed)
        const scorer = weightsScorer(weights, ITEMS, tables(seed).users!.histories)
        const into = new Float32Array(histories.length * ITEMS).fill(5)
        await scorer.score(
          histories.map((history) => Int32Array.from(history)),
          into,
        )
        for (const [row, history] of histories.entries())
          for (let item = 0; item < ITEMS; item++) {
            let wanted = 0
            for (const one of new Set(history)) wanted += weight(one, item)
            // An item's own contribution cancels only if the diagonal matches the kernel, as in a fitted model
            if (form !== 'dual' || !history.includes(item))
              expect(into[row * ITEMS + item]).toBeCloseTo(wanted, 4)
            const parts = scorer.contributions(Int32Array.from(history))(item)
            expect(parts).toHaveLength(history.length)
            expect(Array.from(parts).reduce((sum, part) => sum + part, 0)).toBeCloseTo(wanted, 4)
          }
      }),
      { numRuns: 60 },
    )
  })

  const model: ItemWeightsModel = { ...tables(4), weights: weightsOf(4) }

  test('an artifact round-trips and recommends', async () => {
    const folder = await save(itemWeightsFiles(model, { note: 'kept' }))
    expect(await readItemWeights(folder)).toEqual(model)
    const served = await loadModel(folder)
    expect(served.flavor).toBe('item-weights')
    const { ids } = model.items
    const answer = await recommend(served, { history: [ids[2]!, ids[5]!], k: 3 })
    const scores = new Float32Array(ITEMS)
    await weightsScorer(model.weights, ITEMS, model.users!.histories).score([Int32Array.of(2, 5)], scores)
    const best = [...scores].map((score, row) => ({ score, row })).filter(({ row }) => row !== 2 && row !== 5)
    best.sort((a, b) => b.score - a.score)
    expect(answer.recommendations.map((one) => one.score)).toEqual(best.slice(0, 3).map((one) => one.score))
    expect((await recommend(served, { user_id: 104, k: 3 })).source).toBe('user')
  })
})

test('the dual form scores the same to the bit, one history or several at a time, with and without a cache', () => {
  const { histories } = tables(4).users!
  const cached = new DualScorer(dualOf(4), ITEMS, histories)
  const uncached = new DualScorer(dualOf(4), ITEMS, histories, 0)
  const all = Array.from({ length: 11 }, (_, n) =>
    Int32Array.from({ length: 1 + (n % 6) }, (_, at) => (n * 5 + at * 4) % ITEMS),
  )
  const together = new Float32Array(all.length * ITEMS)
  cached.score(all, together)
  for (const scorer of [cached, uncached])
    for (const [n, history] of all.entries()) {
      const alone = new Float32Array(ITEMS)
      scorer.score([history], alone)
      expect(alone).toEqual(together.slice(n * ITEMS, (n + 1) * ITEMS))
      expect(scorer.contributions(history)(n % ITEMS)).toEqual(cached.contributions(history)(n % ITEMS))
    }
})

describe('rejects a folder when', () => {
  const dual = itemWeightsFiles({ ...tables(4), weights: dualOf(4) })
  const dense = itemWeightsFiles({ ...tables(4), weights: denseOf(4) })
  const { ids } = tables(4).items
  const { ids: users } = tables(4).users!
  const json = (files: ModelFiles, changes: Record<string, unknown>) => ({
    ...files,
    'item-weights.json': JSON.stringify({ ...JSON.parse(files['item-weights.json'] as string), ...changes }),
  })
  test.each<[string, ModelFiles, RegExp]>([
    ['it is of no known form', json(dense, { form: 'magic' }), /form must be dense, sparse or dual/],
    ['its form is another one', json(dense, { form: 'sparse' }), /no column item/],
    ['its users are gone', json(dual, { users: null }), /user_id differs|requires the histories/],
    ['it has no regularization', json(dual, { regularization: undefined }), /regularization must be above 0/],
    ['its regularization is text', json(dual, { regularization: '1' }), /regularization must be above 0/],
    [
      'its kernel is too narrow',
      {
        ...dual,
        'kernel.arrow': writeArrowFile(7, {
          user_id: idColumn(users),
          kernel: vectorColumn(new Float32Array(21), 3),
        }),
      },
      /fixed-size lists of 7 float32/,
    ],
    [
      'its diagonal is zero',
      {
        ...dual,
        'diagonal.arrow': writeArrowFile(9, {
          item_id: idColumn(ids),
          diagonal: numberColumn(new Float64Array(9)),
        }),
      },
      /diagonal must be above 0/,
    ],
    [
      'its weights are of other items',
      {
        ...dense,
        'weights.arrow': writeArrowFile(9, {
          item_id: idColumn(ids.toReversed()),
          weight: vectorColumn(new Float32Array(81), 9),
        }),
      },
      /item_id differs/,
    ],
    ['a file is missing', (({ 'weights.arrow': _, ...rest }) => rest)(dense), /no weights\.arrow/],
    ['a file is text', { ...dual, 'kernel.arrow': 'hello' }, /kernel\.arrow: not readable/],
  ])('%s', async (_, files, message) => {
    const reading = readItemWeights(await save(files))
    await expect(reading).rejects.toThrow(message)
    await expect(reading).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
  })
})
