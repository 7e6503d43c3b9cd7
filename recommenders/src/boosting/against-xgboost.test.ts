import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { XgboostScorer } from '@cairn/flavors/xgboost/scorer'
import { xgboostUbj } from '@cairn/flavors/xgboost/write'
import { randomStream } from '@cairn/platform/statistics/random'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BoosterData } from './booster-data.js'
import { libraryParameters } from './libxgboost/library-engine.js'
import { type BoosterParams, resolveBoosterParams } from './parameters.js'
import { boostInThread } from './testing/boost-in-thread.js'
import { binary, createTable, ranking, regression } from './testing/tables.js'
import { withoutXgboost, xgboostPython } from './testing/xgboost-python.js'
import { toXgboostModel } from './xgboost-model.js'

const classes = (): BoosterData => {
  const { signal, ...table } = createTable({ rows: 2000 })
  return { ...table, labels: signal.map((value) => Math.floor(Math.min(value, 1.1) * 2.5)) }
}

const weighted = (data: BoosterData, count = data.labels.length): BoosterData => {
  const random = randomStream(5)
  return { ...data, weights: Float32Array.from({ length: count }, () => 0.1 + random()) }
}

const CASES: Readonly<Record<string, [data: BoosterData, params: Partial<BoosterParams>]>> = {
  logistic: [binary({ rows: 2000 }), {}],
  'named-weighted': [{ ...weighted(binary({ rows: 2000 })), names: ['a', 'b', 'c', 'd', 'e'] }, {}],
  'without-missing': [binary({ rows: 2000, missing: 0 }), { max_depth: 6 }],
  penalties: [
    regression({ rows: 2000 }),
    { objective: 'reg:squarederror', alpha: 2, gamma: 0.5, lambda: 3, min_child_weight: 10 },
  ],
  'max-delta-step': [regression({ rows: 2000 }), { objective: 'reg:squarederror', max_delta_step: 0.1 }],
  'loss-guide': [binary({ rows: 2000 }), { grow_policy: 'lossguide', max_depth: 0, max_leaves: 12 }],
  'few-leaves': [binary({ rows: 2000 }), { max_depth: 6, max_leaves: 12 }],
  monotone: [
    regression({ rows: 2000 }),
    { objective: 'reg:squarederror', monotone_constraints: [1, -1, 1, 0, 0] },
  ],
  softprob: [classes(), { objective: 'multi:softprob', num_class: 3 }],
  'base-score': [binary({ rows: 2000 }), { base_score: 0.3 }],
  ndcg: [
    ranking({ rows: 2000, group: 20 }),
    { objective: 'rank:ndcg', lambdarank_num_pair_per_sample: 5, min_child_weight: 0.1 },
  ],
  'ndcg-weighted-plain': [
    weighted(ranking({ rows: 2000, group: 20 }), 100),
    {
      objective: 'rank:ndcg',
      min_child_weight: 0.1,
      lambdarank_score_normalization: false,
      lambdarank_normalization: false,
      ndcg_exp_gain: false,
    },
  ],
}

describe.skipIf(!xgboostPython)(`models of XGBoost for the same data${withoutXgboost}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-xgboost-'))
  const scores = new Map<string, Float32Array>()
  const write = (name: string, values: ArrayBufferView) =>
    writeFileSync(join(folder, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  const margins = (name: string) => new Float32Array(new Uint8Array(readFileSync(join(folder, name))).buffer)

  beforeAll(() => {
    const manifest = []
    for (const [name, [data, overrides]] of Object.entries(CASES)) {
      const params = resolveBoosterParams({ num_boost_round: 10, max_depth: 4, ...overrides })
      const model = toXgboostModel(data, params, boostInThread(data, params).trees)
      scores.set(name, new XgboostScorer(model).margins(data.rows))
      write(`${name}.rows`, data.rows)
      write(`${name}.labels`, Float32Array.from(data.labels))
      writeFileSync(join(folder, `${name}.ubj`), xgboostUbj(model))
      const { nthread: _, monotone_constraints, ...texts } = libraryParameters(params, 1)
      manifest.push({
        name,
        features: data.features,
        names: data.names ?? null,
        groups: Array.from(data.groups ?? []),
        weights: Array.from(data.weights ?? []),
        rounds: params.num_boost_round,
        params: { ...texts, ...(monotone_constraints && { monotone_constraints }) },
      })
    }
    writeFileSync(join(folder, 'cases.json'), JSON.stringify(manifest))
    execFileSync(xgboostPython!.python, [join(import.meta.dirname, 'testing/xgboost_peer.py'), folder])
  }, 300_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each(Object.keys(CASES))('%s: XGBoost loads the model and predicts the same bits', (name) => {
    expect(margins(`${name}.loaded`)).toEqual(scores.get(name))
  })

  test.each(Object.keys(CASES))('%s: XGBoost trains the same model up to rounding', (name) => {
    const theirs = margins(`${name}.trained`)
    const apart = scores.get(name)!.map((margin, row) => Math.abs(margin - theirs[row]!))
    expect(Math.max(...apart)).toBeLessThan(1e-5)
  })
})
