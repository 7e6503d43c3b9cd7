import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alsFiles } from './als/write.js'
import { loadModel } from './load.js'
import type { ModelFiles } from './mlmodel/model-folder.js'
import { popularityFiles } from './popularity/artifact.js'
import { anAlsModel } from './testing/als-model.js'
import { predict, recommend } from './testing/predict.js'
import { writeFolder } from './testing/write-folder.js'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cairn-load-'))
})
afterAll(() => rm(root, { recursive: true }))

let folders = 0
async function load(files: ModelFiles) {
  const folder = join(root, String(folders++))
  await writeFolder(folder, files)
  return loadModel(folder)
}

test('loads an ALS folder and answers each row', async () => {
  const source = anAlsModel()
  const model = await load(alsFiles(source))
  expect(model.flavor).toBe('als')
  expect(model.signature?.inputs?.map((column) => column.name)).toEqual([
    'user_id',
    'history',
    'k',
    'filter_seen',
    'exclude',
    'reasons',
    'context',
  ])
  const history = source.items.ids.slice(0, 2)
  const rows = [
    { history, k: 3 },
    { user_id: source.userIds[0], k: 2 },
  ]
  expect(await predict(model, { dataframe_records: rows })).toEqual([
    await recommend(model, { ...rows[0], filter_seen: true }),
    await recommend(model, { ...rows[1], filter_seen: true }),
  ])
  await expect(recommend(model, { k: -1 })).rejects.toThrow(/'k'/)
})

test('the saved input example is a valid request', async () => {
  const files = alsFiles(anAlsModel())
  const input = JSON.parse(String(files['serving_input_example.json']))
  const [answer] = (await predict(await load(files), input)) as [{ source: string }]
  expect(answer.source).toBe('history')
})

test('a popularity model recommends the most popular items outside the history', async () => {
  const items = {
    ids: ['c', 'a', 'b', 'd'],
    titles: ['C', 'A', 'B', 'D'],
    popularity: Float64Array.of(5, 2, 5, 9),
  }
  const model = await load(popularityFiles(items, { protocol: 'loo.full.seenfiltered.v1' }))
  expect(model.flavor).toBe('popularity')
  expect(model.mlmodel.flavors.popularity).toMatchObject({ protocol: 'loo.full.seenfiltered.v1', items: 4 })
  const answer = await recommend(model, { history: ['d', 'x'], k: 2, reasons: true })
  expect(answer).toEqual({
    recommendations: [
      { item_id: 'b', title: 'B', score: 5, reasons: [{ type: 'popularity' }] },
      { item_id: 'c', title: 'C', score: 5, reasons: [{ type: 'popularity' }] },
    ],
    source: 'popularity',
    notices: ['history: the model does not know "x"'],
  })
  const again = await recommend(model, { history: ['d'], k: 1, filter_seen: false })
  expect(again.recommendations[0]!.item_id).toBe('d')
})

describe('rejects a model that needs Python, with advice', () => {
  test.each([
    ['sklearn', 'sklearn: {pickled_model: model.pkl, serialization_format: cloudpickle}'],
    [
      'python_function',
      'python_function: {loader_module: mlflow.pyfunc.model, python_model: python_model.pkl, cloudpickle_version: 3.1}',
    ],
    ['pytorch', 'pytorch: {model_data: data, pytorch_version: 2.6}'],
  ])('%s', async (name, flavor) => {
    const refused = expect.objectContaining({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringMatching(new RegExp(`'${name}' is stored as a pickle.*ONNX`)),
    })
    await expect(load({ MLmodel: `flavors: {${flavor}}` })).rejects.toEqual(refused)
  })

  test('names the setting that serves it in Python, if it has a python_function', async () => {
    const lightgbm = 'lightgbm: {data: model.lgb}'
    await expect(load({ MLmodel: `flavors: {${lightgbm}, python_function: {}}` })).rejects.toThrow(
      /set CAIRN_PYTHON_MODELS/,
    )
    await expect(load({ MLmodel: `flavors: {${lightgbm}}` })).rejects.not.toThrow(/CAIRN_PYTHON_MODELS/)
  })

  test('names an unsupported flavor and the supported ones', async () => {
    const MLmodel = 'flavors: {lightgbm: {data: model.lgb}}'
    await expect(load({ MLmodel })).rejects.toThrow(/lightgbm.*als.*popularity/)
  })
})

test('rejects a folder without MLmodel', async () => {
  await expect(load({ 'als.json': '{}' })).rejects.toThrow('The model has no MLmodel')
})
