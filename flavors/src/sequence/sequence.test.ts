import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadModel, type ServableModel } from '../load.js'
import type { ModelFiles } from '../mlmodel/model-folder.js'
import type { RecommendResponse } from '../recommender/recommendation.js'
import { recommend as recommendTo } from '../testing/predict.js'
import { aSequenceModel, recordedScores } from '../testing/sequence-model.js'
import { writeFolder } from '../testing/write-folder.js'
import { readSequence, type SequenceModel, sequenceFiles } from './artifact.js'
import { SequenceScorer } from './scorer.js'

const source = aSequenceModel()
const { ids } = source.items
const recorded = recordedScores()

let root: string
let folder: string
let model: ServableModel
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cairn-sequence-'))
  folder = await save(sequenceFiles(source))
  model = await loadModel(folder)
})
afterAll(async () => {
  await model.close!()
  await rm(root, { recursive: true })
})

let folders = 0
async function save(files: ModelFiles): Promise<string> {
  const path = join(root, String(folders++))
  await writeFolder(path, files)
  return path
}

const recommend = (rows: readonly number[], k = 5, filter_seen = false): Promise<RecommendResponse> =>
  recommendTo(model, { history: rows.map((row) => ids[row]!), k, filter_seen, reasons: true })

describe('a sequence model', () => {
  test('has two flavors and the signature of a recommender', () => {
    expect(model.flavor).toBe('sequence')
    expect(Object.keys(model.mlmodel.flavors).sort()).toEqual(['onnx', 'sequence'])
    expect(model.signature?.inputs?.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'user_id: string',
      'history: array',
      'k: long',
      'filter_seen: boolean',
      'exclude: array',
      'reasons: boolean',
      'context: any',
    ])
  })

  test.each(recorded.map((example) => [example.history.length, example] as const))(
    'recommends after %d events the best items of the official runtime',
    async (_, { history, scores, top_items }) => {
      const { recommendations, source: from, notices } = await recommend(history)
      expect([from, notices]).toEqual(['history', []])
      expect(recommendations.map(({ item_id }) => item_id)).toEqual(top_items.map((row) => ids[row]))
      for (const [place, { score }] of recommendations.entries())
        expect(score).toBeCloseTo(scores[top_items[place]!]!, 4)
    },
  )

  test('explains by the item whose removal lowers the score most', async () => {
    const scorer = await SequenceScorer.open({ onnx: source.onnx, items: 30, maxHistory: 16 })
    const history = [4, 7, 9]
    const without = history.map((item) => Int32Array.from(history.filter((one) => one !== item)))
    const scores = new Float32Array(4 * 30)
    await scorer.score([Int32Array.from(history), ...without], scores)
    await scorer.close()
    for (const { item_id, reasons } of (await recommend(history)).recommendations) {
      const row = ids.indexOf(item_id)
      const falls = history.map((_, place) => scores[row]! - scores[30 * (place + 1) + row]!)
      const most = Math.max(...falls)
      const item = history[falls.indexOf(most)]!
      if (most > 0)
        expect(reasons![0]).toEqual({
          type: 'influence',
          item_id: ids[item],
          title: source.items.titles![item],
          contribution: most,
        })
      else expect(reasons).toEqual([{ type: 'profile' }])
    }
  })

  test.each(['native', 'wasm'] as const)(
    'returns no scores of an earlier request if its graph scores fewer items, on the %s runtime',
    async (engine) => {
      const items = 31
      const scorer = await SequenceScorer.open({ onnx: source.onnx, items, maxHistory: 16 }, { engine })
      const into = new Float32Array(items).fill(7)
      await expect(scorer.score([Int32Array.of(4, 7, 9)], into)).rejects.toThrow(/31/)
      await scorer.close()
    },
  )

  test('writes scores to memory that threads share', async () => {
    const scorer = await SequenceScorer.open({ onnx: source.onnx, items: 30, maxHistory: 16 })
    const own = new Float32Array(30)
    const shared = new Float32Array(new SharedArrayBuffer(4 * 30))
    for (const into of [own, shared]) await scorer.score([Int32Array.of(4, 7, 9)], into)
    expect(own.some((score) => score !== 0)).toBe(true)
    expect([...shared]).toEqual([...own])
    await scorer.close()
  })

  test('uses the latest events of a history of any length', async () => {
    const long = Array.from({ length: 10_000 }, (_, at) => (at * 7) % 30)
    const scoresOf = async (rows: readonly number[]) =>
      (await recommend(rows, 30)).recommendations.map(({ item_id, score }) => [item_id, score])
    expect(await scoresOf(long)).toEqual(await scoresOf(long.slice(-16)))
  })

  test('uses the stored histories of known users', async () => {
    const byUser = await recommendTo(model, { user_id: 'ann', k: 5, reasons: true })
    const byHistory = await recommend([1, 2, 3], 5, true)
    expect(byUser).toEqual({ ...byHistory, source: 'user' })
    expect((await recommendTo(model, { user_id: 'bo', k: 1 })).source).toBe('popularity')
  })

  test('round-trips', async () => {
    const read = await readSequence(folder)
    expect(read).toMatchObject({ kind: 'bert4rec', maxHistory: 16, items: 30 })
    expect(Buffer.from(read.onnx).equals(source.onnx)).toBe(true)
    expect(read.table.items).toEqual(source.items)
  })

  const good = sequenceFiles(source)
  const json = (changes: object) => ({
    'sequence.json': JSON.stringify({ ...JSON.parse(String(good['sequence.json'])), ...changes }),
  })
  const withItems = (count: number): ModelFiles => {
    const take = <T extends { slice(from: number, to: number): T }>(list: T) => list.slice(0, count)
    const { titles, popularity } = source.items
    const items = {
      ids: take(ids as number[]),
      titles: take(titles as string[]),
      popularity: take(popularity),
    }
    const { users: _, ...rest } = source
    return sequenceFiles({ ...rest, items } as SequenceModel)
  }

  test.each<[string, ModelFiles, RegExp]>([
    ['of another format', json({ format: 'x' }), /sequence\.json: must be 'cairn\.sequence'/],
    ['of no length', json({ max_history: 0 }), /max_history/],
    ['of endless length', json({ max_history: 1e9 }), /max_history/],
    ['without a kind', json({ kind: null }), /kind/],
    ['whose graph is not ONNX', { 'model.onnx': 'text' }, /not readable as ONNX/],
    ['whose graph is empty', { 'model.onnx': '' }, /cannot be loaded/],
    ['whose graph scores more items', withItems(12), /cannot score the 12 items/],
    ['whose users table is broken', { 'users.arrow': 'x' }, /users\.arrow/],
  ])('a model %s is rejected', async (_, changes, message) => {
    await expect(loadModel(await save({ ...good, ...changes }))).rejects.toThrow(message)
  })
})

const python = process.env.TEST_PYTHON

test.skipIf(!python)(
  'mlflow.onnx loads the model, and its graph returns the same recommendations (TEST_PYTHON: with onnxruntime)',
  { timeout: 120_000 },
  async () => {
    const histories = recorded.map(({ history }) => history)
    const script = `
import json, sys
import mlflow.onnx, numpy, onnxruntime
model = mlflow.onnx.load_model(sys.argv[1])
session = onnxruntime.InferenceSession(model.SerializeToString())
for history in json.loads(sys.argv[2]):
  tokens = numpy.array([[row + 1 for row in history[-16:]]])
  top = session.run(['top_scores', 'top_items'], {'history': tokens})
  print(json.dumps([part[0].tolist() for part in top]))`
    const out = execFileSync(python!, ['-c', script, folder, JSON.stringify(histories)], { encoding: 'utf8' })
    const answers = out.trim().split('\n').slice(-histories.length)
    for (const [at, line] of answers.entries()) {
      const [scores, rows] = JSON.parse(line) as [number[], number[]]
      const { recommendations } = await recommend(histories[at]!)
      expect(recommendations.map(({ item_id }) => item_id)).toEqual(rows.map((row) => ids[row]))
      for (const [place, one] of recommendations.entries()) expect(one.score).toBeCloseTo(scores[place]!, 4)
    }
  },
)
