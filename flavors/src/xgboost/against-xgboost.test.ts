import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeFolder } from '../testing/write-folder.js'
import { anXgboostModel, fewValues } from '../testing/xgboost-model.js'
import { xgboostFiles } from './artifact.js'
import { XgboostExplainer } from './explainer.js'
import { featureImportance, type ImportanceType } from './importance.js'
import type { TreeBooster, XgboostModel } from './model.js'
import { parseModelClass, predictAs } from './model-class.js'
import { readXgboost } from './read.js'
import { XgboostScorer } from './scorer.js'
import { ulps } from './testing/golden.js'
import { xgboostJson, xgboostUbj } from './write.js'

const python = process.env.TEST_PYTHON
const why = hasXgboost() ? '' : ' (skipped: TEST_PYTHON names no Python with xgboost and mlflow)'
const peer = (...args: string[]) =>
  execFileSync(python!, [join(import.meta.dirname, 'testing/xgboost_peer.py'), ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })

function hasXgboost(): boolean {
  if (!python) return false
  try {
    execFileSync(
      python,
      ['-c', 'from importlib.util import find_spec as f; assert f("xgboost") and f("mlflow")'],
      {
        stdio: 'ignore',
      },
    )
    return true
  } catch {
    return false
  }
}

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cairn-xgboost-peer-'))
})
afterAll(() => rm(root, { recursive: true }))

type Floats = readonly (number | null)[]
const floats = (list: Floats) => list.map((value) => value ?? Number.NaN)
const distance = (ours: ArrayLike<number>, theirs: Floats) => {
  expect(ours).toHaveLength(theirs.length)
  return Math.max(0, ...floats(theirs).map((value, at) => ulps(ours[at]!, Math.fround(value))))
}

interface PeerResult {
  readonly params: string
  readonly rows: Floats
  readonly margins: Floats
  readonly predictions: Floats
  readonly leaves?: Floats
  readonly contributions?: Floats
  readonly importance: Partial<Record<ImportanceType, Record<string, number | number[]>>>
}

describe.skipIf(why)(`models trained by XGBoost${why}`, () => {
  test('load in both formats, round-trip, and yield the same predictions, contributions and importances', () => {
    const count = Number(peer('train', root, '7'))
    expect(count).toBeGreaterThan(40)
    for (let index = 0; index < count; index++) {
      const answer = JSON.parse(readFileSync(join(root, `${index}.answer`), 'utf8')) as PeerResult
      const bytes = readFileSync(join(root, `${index}.ubj`))
      const model = readXgboost(bytes, `${index}.ubj`)
      const sameText = readXgboost(readFileSync(join(root, `${index}.json`)), `${index}.json`)
      const ourText = readXgboost(Buffer.from(xgboostJson(model)), 'ours.json')
      for (const same of [model, sameText, ourText])
        expect(Buffer.compare(xgboostUbj(same), bytes), answer.params).toBe(0)
      compare(model, answer)
    }
  }, 240_000)
})

function compare(model: XgboostModel, answer: PeerResult): void {
  const scorer = new XgboostScorer(model)
  const rows = floats(answer.rows)
  expect(distance(scorer.margins(rows), answer.margins), answer.params).toBe(0)
  expect(distance(scorer.predict(rows), answer.predictions), answer.params).toBeLessThanOrEqual(1)
  if (answer.leaves) expect([...scorer.leaves(rows)], answer.params).toEqual(answer.leaves)
  if (answer.contributions) compareContributions(scorer, rows, answer)
  for (const [type, theirs] of Object.entries(answer.importance)) {
    const ours = featureImportance(model, type as ImportanceType)
    expect(Object.keys(ours).sort(), answer.params).toEqual(Object.keys(theirs).sort())
    for (const [name, value] of Object.entries(theirs)) {
      const all = [value].flat()
      const mean = all.reduce((sum, score) => sum + score, 0) / all.length
      expect(Math.abs(ours[name]! - mean), `${type} of ${answer.params}`).toBeLessThan(
        1e-5 * Math.abs(mean) + 1e-9,
      )
    }
  }
}

/** The library computes in float32, so the tolerance is relative to the largest contribution. */
function compareContributions(
  scorer: XgboostScorer,
  rows: readonly number[],
  { contributions, params }: PeerResult,
): void {
  const explainer = new XgboostExplainer(scorer)
  const width = scorer.outputs * (scorer.features + 1)
  const theirs = floats(contributions!)
  const scale = Math.max(...theirs.map(Math.abs))
  let worst = 0
  for (let row = 0; row * scorer.features < rows.length; row++) {
    const ours = explainer.contributions(rows.slice(row * scorer.features, (row + 1) * scorer.features))
    for (let at = 0; at < width; at++)
      worst = Math.max(worst, Math.abs(ours[at]! - theirs[row * width + at]!))
  }
  expect(worst / scale, params).toBeLessThan(1e-5)
}

describe.skipIf(why)(`model folders written by xgboostFiles${why}`, () => {
  const names = ['a', 'b', 'c', 'd']
  const logistic = { name: 'binary:logistic', parameters: { reg_loss_param: { scale_pos_weight: '1' } } }
  const plain = { ...anXgboostModel({ trees: 20, depth: 6 }), featureNames: names }
  const trees = plain.booster as TreeBooster
  const softprob = { name: 'multi:softprob', parameters: { softmax_multiclass_param: { num_class: '3' } } }
  const models: Record<string, [XgboostModel, string, ('ubj' | 'json')?]> = {
    booster: [plain, 'xgboost.core.Booster'],
    text: [plain, 'xgboost.core.Booster', 'json'],
    old: [{ ...plain, version: [1, 7, 0], baseScore: Float32Array.of(0.25) }, 'xgboost.core.Booster'],
    newest: [{ ...plain, version: [3, 2, 0], objective: logistic }, 'xgboost.core.Booster'],
    classifier: [{ ...plain, objective: logistic }, 'xgboost.sklearn.XGBClassifier'],
    stopped: [
      { ...plain, attributes: { best_iteration: '7', best_score: '0.5' } },
      'xgboost.sklearn.XGBRegressor',
    ],
    dart: [
      {
        ...plain,
        booster: { ...trees, kind: 'dart', treeWeights: Float32Array.from(trees.trees, (_, i) => i / 7) },
      },
      'xgboost.core.Booster',
    ],
    categories: [
      {
        ...anXgboostModel({ trees: 9, categories: true }),
        featureNames: names,
        featureTypes: ['c', 'q', 'q', 'q'],
      },
      'xgboost.core.Booster',
    ],
    classes: [
      { ...anXgboostModel({ trees: 12, outputs: 3 }), featureNames: names, objective: softprob },
      'xgboost.sklearn.XGBClassifier',
    ],
    vectors: [
      { ...anXgboostModel({ trees: 5, outputs: 2, vectors: true }), featureNames: names },
      'xgboost.core.Booster',
    ],
  }
  const rows = Array.from({ length: 50 }, (_, row) =>
    names.map((_, column) => {
      const value = fewValues[(row * 5 + column * 3) % 8]! + ((row * column) % 3) * 0.01
      // XGBoost rejects negative categories, which our scorer accepts.
      if (column === 0) return Math.abs(Math.trunc(value))
      return (row + column) % 11 === 0 ? null : value
    }),
  )

  test('load in mlflow.xgboost and mlflow.pyfunc and predict the same', async () => {
    for (const [name, [model, modelClass, format = 'ubj']] of Object.entries(models)) {
      const files = xgboostFiles(model, { modelClass, format })
      const table = { 'rows.json': JSON.stringify({ columns: names, data: rows }) }
      await writeFolder(join(root, 'folders', name), { ...files, ...table })
    }
    const answers = JSON.parse(peer('predict', join(root, 'folders')).trim().split('\n').at(-1)!) as Record<
      string,
      Record<'margins' | 'leaves' | 'predictions', Floats> & {
        class: string
        names: string[]
        attributes: object
      }
    >
    expect(Object.keys(answers).sort()).toEqual(Object.keys(models).sort())
    for (const [name, [model, modelClass]] of Object.entries(models)) {
      const answer = answers[name]!
      const scorer = new XgboostScorer(model)
      const values = Float32Array.from(floats(rows.flat()))
      expect(modelClass.endsWith(answer.class), name).toBe(true)
      expect(answer.names, name).toEqual(names)
      expect(answer.attributes, name).toEqual(model.attributes)
      expect(distance(scorer.margins(values), answer.margins), name).toBe(0)
      expect([...scorer.leaves(values)], name).toEqual(answer.leaves)
      const predictions = predictAs(parseModelClass(modelClass), scorer, values).flat() as number[]
      expect(distance(predictions, answer.predictions), name).toBeLessThanOrEqual(1)
    }
  }, 240_000)
})
