import { describe, expect, test } from 'vitest'
import type { ModelRequest } from '../flavor.js'
import { itemItemModel, someItems } from '../testing/item-item-model.js'
import { recommend } from '../testing/predict.js'
import { explainByLastItem } from './explanation.js'
import { HistoryRecommender } from './history-recommender.js'
import type { HistoryScorer } from './history-scorer.js'
import { ItemTable } from './item-table.js'
import { RecommenderModel } from './recommender-model.js'

const ITEMS = 40
const table = new ItemTable(someItems(ITEMS))
const { scorer } = itemItemModel(ITEMS)
const { ids } = table.items

/** A model that records the last item of each history that it scores, by batch. */
function recording(fails: (history: Int32Array) => boolean = () => false) {
  const batches: number[][] = []
  const observed: HistoryScorer = {
    items: ITEMS,
    score(histories, into) {
      batches.push(histories.map((history) => history.at(-1)!))
      if (histories.some(fails)) throw new Error('broken')
      return scorer.score(histories, into)
    },
  }
  const recommender = new HistoryRecommender({ scorer: observed, table, explain: explainByLastItem })
  return { model: new RecommenderModel(recommender), batches, batchSize: recommender.batchSize }
}

const rowOf = (item: number, k = 3) => ({ history: [ids[item]!], k })
const requestOf = (...items: number[]): ModelRequest => ({
  input: { dataframe_records: items.map((item) => rowOf(item)) },
})
const outcomes = (promises: Promise<unknown>[]) => Promise.allSettled(promises)
const late = { deadline: Date.now() - 1 }

describe('a batch of requests', () => {
  test('gets one response for each row, in order, with the rows of all requests scored together', async () => {
    const { model, batches } = recording()
    const [one, two, none] = await Promise.all(model.predict([requestOf(1, 2), requestOf(3), requestOf()]))
    expect(batches).toEqual([[1, 3, 2]])
    expect(one).toEqual([await recommend(model, rowOf(1)), await recommend(model, rowOf(2))])
    expect(two).toEqual([await recommend(model, rowOf(3))])
    expect(none).toEqual([])
  })

  test('is split, and the first rows of all requests come first', async () => {
    const { model, batches, batchSize } = recording()
    const many = Array<number>(2 * batchSize).fill(7)
    await Promise.all(model.predict([requestOf(...many), requestOf(8), requestOf(9)]))
    expect(batches.map((batch) => batch.length)).toEqual([batchSize, batchSize, 2])
    expect(batches[0]!.slice(0, 3)).toEqual([7, 8, 9])
  })

  test('says why a list is empty: the history or the request hides all items', async () => {
    const { model } = recording()
    const notice = expect.stringMatching(/^no item is left to recommend/)
    expect(await recommend(model, { history: [...ids] })).toMatchObject({
      recommendations: [],
      notices: [notice],
    })
    const excluded = { history: [ids[0]!], exclude: [...ids] }
    expect(await recommend(model, excluded)).toMatchObject({ recommendations: [], notices: [notice] })
    expect(model.fallback({ input: { dataframe_records: [{ exclude: [...ids] }] } })).toMatchObject([
      { recommendations: [], notices: expect.arrayContaining([notice]) },
    ])
    expect(await recommend(model, { exclude: [...ids], filter_seen: false })).toMatchObject({
      notices: expect.arrayContaining(['no item is left to recommend: all are excluded']),
    })
    const seen = await recommend(model, { history: [...ids], filter_seen: false, k: 3 })
    expect([seen.recommendations.length, seen.notices]).toEqual([3, []])
  })

  test('rejects an invalid request only', async () => {
    const { model, batches } = recording()
    const invalid = { input: { dataframe_records: [rowOf(1), { k: 'many' }] } }
    const [good, bad, formless] = await outcomes(model.predict([requestOf(2), invalid, { input: {} }]))
    expect(good).toMatchObject({ status: 'fulfilled', value: [await recommend(model, rowOf(2))] })
    expect(bad).toMatchObject({ reason: { code: 'INVALID_PARAMETER_VALUE' } })
    expect(formless).toMatchObject({ reason: { code: 'INVALID_PARAMETER_VALUE' } })
    expect(batches[0]).toEqual([2])
  })

  test('is tried row by row if scoring fails, so that only the failing request is rejected', async () => {
    const { model, batches } = recording((history) => history.at(-1) === 5)
    const [one, broken, two] = await outcomes(model.predict([requestOf(1, 2), requestOf(5, 6), requestOf(3)]))
    expect([one!.status, broken!.status, two!.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(broken).toMatchObject({ reason: new Error('broken') })
    expect(batches).toEqual([[1, 5, 3, 2, 6], [1], [5], [3], [2]])
  })

  test('does not compute a request whose deadline has passed', async () => {
    const { model, batches } = recording()
    const soon = { deadline: Date.now() + 60_000 }
    const [good, expired] = await outcomes(
      model.predict([
        { ...requestOf(2), ...soon },
        { ...requestOf(3), ...late },
      ]),
    )
    expect(good).toMatchObject({ status: 'fulfilled' })
    expect(expired).toMatchObject({ reason: { code: 'DEADLINE_EXCEEDED' } })
    expect(batches).toEqual([[2]])
  })

  test('drops a request whose deadline passes before its turn', async () => {
    const { model, batches } = recording()
    const first = model.predict([requestOf(1)])
    const deadline = Date.now() + 5
    const second = model.predict([{ ...requestOf(2), deadline }])
    while (Date.now() <= deadline); // occupies the thread until then
    const [expired] = await outcomes(second)
    await Promise.all(first)
    expect(expired).toMatchObject({ reason: { code: 'DEADLINE_EXCEEDED' } })
    expect(batches).toEqual([[1]])
  })

  test('a request may have at most 100,000 recommendations', async () => {
    const { model } = recording()
    const row = { ...rowOf(0, 1000), filter_seen: false }
    const rows = Array.from({ length: 1 + 100_000 / ITEMS }, () => row)
    const [large, small] = await outcomes(
      model.predict([{ input: { dataframe_records: rows } }, requestOf(1)]),
    )
    expect(large).toMatchObject({
      reason: { code: 'INVALID_PARAMETER_VALUE', message: expect.stringMatching(/more than 100000/) },
    })
    expect(small).toMatchObject({ status: 'fulfilled' })
  })
})

test('overlapping calls alternate', async () => {
  const { model, batches, batchSize } = recording()
  const large = model.predict([requestOf(...Array<number>(3 * batchSize).fill(1))])
  const small = model.predict([requestOf(2)])
  await Promise.all([...large, ...small])
  expect(batches.map(([item]) => item)).toEqual([1, 2, 1, 1])
})

test('closes after its requests are answered', async () => {
  let closed = false
  const { model } = recording()
  const answers = model.predict([requestOf(1, 2, 3)])
  await Promise.all([model.close().then(() => (closed = true)), outcomes(answers)])
  expect([closed, await answers[0]]).toEqual([true, expect.objectContaining({ length: 3 })])
})

describe('the fallback', () => {
  test('has the most popular items and a notice, without scoring', async () => {
    const { model, batches } = recording()
    const row = { history: [ids[0]!, 'x'], k: 4, exclude: [ids[1]!], reasons: true }
    const [response] = model.fallback({ input: { dataframe_records: [row] } })
    expect(batches).toEqual([])
    const popular = [...ids.keys()]
      .filter((item) => item > 1)
      .sort(
        (a, b) => table.items.popularity[b]! - table.items.popularity[a]! || Number(ids[a]) - Number(ids[b]),
      )
    expect(response!.recommendations.map(({ item_id }) => item_id)).toEqual(
      popular.slice(0, 4).map((item) => ids[item]),
    )
    expect(response!.recommendations[0]!.reasons).toEqual([{ type: 'popularity' }])
    expect(response).toMatchObject({
      source: 'popularity',
      notices: [
        'history: the model does not know "x"',
        'the model was late, so these are the most popular items',
      ],
    })
  })

  test('rejects an invalid request, and one of too many recommendations', () => {
    const fallback = (rows: readonly Record<string, unknown>[]) =>
      recording().model.fallback({ input: { dataframe_records: rows } })
    expect(() => fallback([{ k: 0 }])).toThrow(/'k'/)
    expect(() => fallback(Array(1 + 100_000 / ITEMS).fill({ k: 1000 }))).toThrow(/more than 100000/)
  })
})
