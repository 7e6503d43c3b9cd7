import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadModel } from '../load.js'
import { parseMlmodel } from '../mlmodel/mlmodel.js'
import type { ModelFiles } from '../mlmodel/model-folder.js'
import type { ScoringInput } from '../scoring-protocol/scoring-input.js'
import { predict } from '../testing/predict.js'
import { writeFolder } from '../testing/write-folder.js'
import { anXgboostModel } from '../testing/xgboost-model.js'
import { type XgboostOptions, xgboostFiles } from './artifact.js'
import type { TreeBooster, XgboostModel } from './model.js'
import { readXgboost } from './read.js'
import { XgboostScorer } from './scorer.js'
import { unzipGolden } from './testing/golden.js'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cairn-xgboost-'))
})
afterAll(() => rm(root, { recursive: true }))

let folders = 0
async function load(files: ModelFiles) {
  const folder = join(root, String(folders++))
  await writeFolder(folder, files)
  const model = await loadModel(folder)
  expect(model.flavor).toBe('xgboost')
  return model
}
const saved = (model: XgboostModel, options?: XgboostOptions) => load(xgboostFiles(model, options))

describe('recorded requests of MLflow 3.11', () => {
  interface Exchange {
    readonly name: string
    readonly request: { readonly content_type: string; readonly body: string }
    readonly status: number
    readonly response: string
  }
  const lines = unzipGolden('serving/exchanges.jsonl').toString().trim().split('\n')
  const exchanges = lines.map((line) => JSON.parse(line) as Exchange)
  const files: ModelFiles = {
    MLmodel: unzipGolden('serving/MLmodel').toString(),
    'model.ubj': unzipGolden('serving/model.ubj'),
  }
  const inputOf = ({ request }: Exchange): ScoringInput | undefined => {
    try {
      const body: unknown = request.content_type === 'application/json' ? JSON.parse(request.body) : undefined
      return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : undefined
    } catch {
      return undefined
    }
  }
  const answered = exchanges.filter((one) => inputOf(one) && one.status === 200)
  const refused = exchanges.filter((one) => inputOf(one) && one.status >= 400)

  test.each(answered.map((one) => [one.name, one] as const))(
    '%s gets the same response',
    async (_, exchange) => {
      const predictor = await load(files)
      const { predictions } = JSON.parse(exchange.response) as { predictions: number[] }
      expect(await predict(predictor, inputOf(exchange)!)).toEqual(predictions)
    },
  )

  test.each(refused.map((one) => [one.name, one] as const))('%s is rejected', async (_, exchange) => {
    const predictor = await load(files)
    await expect(predict(predictor, inputOf(exchange)!)).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    })
  })

  test('the recording has enough accepted and rejected requests', () => {
    expect(answered.length).toBeGreaterThan(15)
    expect(refused.length).toBeGreaterThan(10)
  })
})

const named = { ...anXgboostModel({ features: 3, trees: 4 }), featureNames: ['a', 'b', 'c'] }

describe('columns', () => {
  const scorer = new XgboostScorer(named)
  const [wanted] = scorer.predict([1, Number.NaN, -2])

  test('are matched by name in any order and form; null is missing', async () => {
    const predictor = await saved(named)
    const forms: ScoringInput[] = [
      { dataframe_records: [{ c: -2, b: null, a: 1, other: 'x' }] },
      { dataframe_split: { columns: ['b', 'c', 'a'], data: [[null, -2, 1]] } },
      { inputs: { a: [1], b: [null], c: [-2] } },
      { instances: [{ a: 1, b: null, c: '-2' }] },
    ]
    for (const form of forms) expect(await predict(predictor, form)).toEqual([wanted])
  })

  test('without names are taken in order', async () => {
    const predictor = await saved({ ...named, featureNames: [] })
    expect(await predict(predictor, { inputs: [[1, null, -2]] })).toEqual([wanted])
    expect(await predict(predictor, { dataframe_records: [{ x: 1, y: null, z: -2 }] })).toEqual([wanted])
    await expect(predict(predictor, { inputs: [[1, 2]] })).rejects.toThrow(/takes 3 columns, got 2/)
  })

  test.each([
    [{ a: 1, b: 2 }, /Missing inputs \['c'\]/],
    [{ a: 1, b: 'two', c: 3 }, /^Column 'b', row 0 must be a number\.$/],
    [{ a: 1, b: [2], c: 3 }, /^Column 'b', row 0 must be a number\.$/],
    [{ a: 1, b: '', c: 3 }, /^Column 'b', row 0 must be a number\.$/],
    [{ a: 1, b: 1e39, c: 3 }, /^Column 'b', row 0 is infinite or too large\.$/],
  ])('rejects %j and names the column', async (row, message) => {
    await expect(predict(await saved(named), { dataframe_records: [row] })).rejects.toThrow(message)
  })

  test('with categories are looked up by category name', async () => {
    const plain = anXgboostModel({ features: 2, trees: 8, categories: true, seed: 5 })
    const names = Array.from({ length: 40 }, (_, code) => `영화 ${code}`)
    const categoryNames = [{ type: 'text' as const, values: names }, undefined]
    const model = { ...plain, booster: { ...(plain.booster as TreeBooster), categoryNames } }
    const predictor = await saved(model)
    const codes = [0, 3, 17, 39]
    expect(await predict(predictor, { inputs: codes.map((code) => [names[code], 0.2]) })).toEqual([
      ...new XgboostScorer(plain).predict(codes.flatMap((code) => [code, 0.2])),
    ])
    await expect(predict(predictor, { inputs: [['영화 40', 1]] })).rejects.toThrow(
      /^Column '0', row 0 is not a category of the model\.$/,
    )
  })
})

describe('the Python model class determines the prediction', () => {
  const rows = [
    [1, 2, 3],
    [0, 0, 0],
    [-2, 1, null],
  ]
  const predictAs = async (model: XgboostModel, modelClass: string) =>
    predict(await saved({ ...model, featureNames: [] }, { modelClass }), { inputs: rows })
  const objective = (name: string) => ({ name, parameters: {} })

  test('a Booster returns probabilities, a classifier labels', async () => {
    const model = { ...named, objective: objective('binary:logistic') }
    const probabilities = (await predictAs(model, 'xgboost.core.Booster')) as number[]
    expect(await predictAs(model, 'xgboost.sklearn.XGBClassifier')).toEqual(
      probabilities.map((one) => (one > 0.5 ? 1 : 0)),
    )
  })

  test('a multiclass classifier returns the most likely class, a multilabel one each label', async () => {
    const several = {
      ...anXgboostModel({ features: 3, trees: 9, outputs: 3 }),
      objective: objective('multi:softprob'),
    }
    const probabilities = (await predictAs(several, 'xgboost.core.Booster')) as number[][]
    const likeliest = probabilities.map((row) => row.indexOf(Math.max(...row)))
    expect(await predictAs(several, 'xgboost.sklearn.XGBClassifier')).toEqual(likeliest)
    expect(
      await predictAs({ ...several, objective: objective('multi:softmax') }, 'xgboost.core.Booster'),
    ).toEqual(likeliest)
    const labels = {
      ...anXgboostModel({ features: 3, outputs: 2, vectors: true }),
      objective: objective('binary:logistic'),
    }
    const each = (await predictAs(labels, 'xgboost.core.Booster')) as number[][]
    expect(await predictAs(labels, 'xgboost.sklearn.XGBClassifier')).toEqual(
      each.map((row) => row.map((one) => (one > 0.5 ? 1 : 0))),
    )
  })

  test('after early stopping a Booster uses all trees, a wrapper the best iterations', async () => {
    const stopped = { ...named, attributes: { best_iteration: '1', best_score: '0.3' } }
    const values = rows.flat().map((value) => value ?? Number.NaN)
    const scorer = new XgboostScorer(named)
    expect(await predictAs(stopped, 'xgboost.core.Booster')).toEqual([...scorer.predict(values)])
    expect(await predictAs(stopped, 'xgboost.sklearn.XGBRanker')).toEqual([
      ...scorer.predict(values, { iterations: [0, 2] }),
    ])
    await expect(
      predictAs({ ...named, attributes: { best_iteration: '4' } }, 'xgboost.sklearn.XGBRegressor'),
    ).rejects.toThrow(/best_iteration '4' is not within the 4/)
  })

  test('rejects an unknown class', () => {
    expect(() => xgboostFiles(named, { modelClass: 'os.system' })).toThrow(/model_class "os.system"/)
  })
})

describe('a model folder', () => {
  test('has the layout of mlflow.xgboost in either format', async () => {
    for (const format of ['ubj', 'json'] as const) {
      const files = xgboostFiles(named, {
        format,
        inputExample: [{ a: 1, b: 2, c: 3 }],
        metadata: { task: 'rank' },
      })
      const { flavors, signature, metadata } = parseMlmodel(String(files.MLmodel))
      const data = `model.${format}`
      expect(flavors.python_function).toMatchObject({ data, loader_module: 'mlflow.xgboost' })
      expect(flavors.xgboost).toEqual({
        code: null,
        data,
        model_class: 'xgboost.core.Booster',
        model_format: format,
        xgb_version: '3.2.0',
      })
      expect(signature?.inputs?.map(({ name, type }) => `${name}: ${type}`)).toEqual([
        'a: double',
        'b: double',
        'c: double',
      ])
      expect(metadata).toEqual({ task: 'rank' })
      const example = JSON.parse(String(files['serving_input_example.json'])) as ScoringInput
      expect(await predict(await load(files), example)).toEqual([
        ...new XgboostScorer(named).predict([1, 2, 3]),
      ])
      const bytes = Buffer.from(files[data]!)
      expect(readXgboost(bytes, data).featureNames).toEqual(['a', 'b', 'c'])
    }
  })

  test('is rejected if it names a file outside', async () => {
    const MLmodel = 'flavors: {xgboost: {data: ../model.ubj}}'
    await expect(load({ MLmodel })).rejects.toThrow('flavors.xgboost.data must name a file of the model')
  })
})
