import { normalStream, randomStream } from '@cairn/platform/statistics/random'
import type { BoosterData } from '@cairn/recommenders/boosting/booster-data'
import type { BoosterParams } from '@cairn/recommenders/boosting/parameters'

/** Rows to train on, and rows to evaluate the model on. */
export interface BoostingTask {
  readonly name: string
  readonly params: Partial<BoosterParams>
  readonly train: BoosterData
  readonly test: BoosterData
}

const shared = (length: number) => new Float32Array(new SharedArrayBuffer(length * 4))

/** Uniform features; the label depends on four of them and on noise. */
function classified(rows: number, features: number, seed: number): BoosterData {
  const random = randomStream(seed)
  const values = shared(rows * features).map(random)
  const labels = Float32Array.from({ length: rows }, (_, row) => {
    const [a, b, c, d] = values.subarray(row * features, row * features + 4)
    return Number(a! + b! * c! + 0.3 * Math.sin(6 * d!) + 0.2 * (random() - 0.5) > 0.9)
  })
  return { rows: values, features, labels }
}

/** Groups of 100 rows of which one is relevant, as a second-stage ranker sees them. Features are relevance and noise. */
function ranked(groups: number, features: number, seed: number): BoosterData {
  const random = randomStream(seed)
  const normal = normalStream(seed + 1)
  const values = shared(groups * 100 * features)
  const labels = new Float32Array(groups * 100)
  for (let group = 0; group < groups; group++) {
    const relevant = group * 100 + Math.floor(random() * 100)
    labels[relevant] = 1
    for (let row = group * 100; row < (group + 1) * 100; row++)
      for (let feature = 0; feature < features; feature++)
        values[row * features + feature] = normal() * (1 + feature / 4) + (row === relevant ? 1 : 0)
  }
  return { rows: values, features, labels, groups: new Array(groups).fill(100) }
}

export const logisticTask = (rows: number, features: number): BoostingTask => ({
  name: `${rows} × ${features}, binary:logistic`,
  params: { objective: 'binary:logistic', eta: 0.1, max_depth: 6, max_bin: 256, eval_metric: 'logloss' },
  train: classified(rows, features, 1),
  test: classified(Math.min(rows, 200_000), features, 2),
})

export const rankingTask = (groups: number, features: number): BoostingTask => ({
  name: `${groups * 100} × ${features} in groups of 100, rank:ndcg`,
  params: {
    objective: 'rank:ndcg',
    eta: 0.1,
    max_depth: 6,
    min_child_weight: 20,
    lambdarank_num_pair_per_sample: 20,
    eval_metric: 'ndcg@10',
  },
  train: ranked(groups, features, 3),
  test: ranked(Math.min(groups, 2_000), features, 5),
})
