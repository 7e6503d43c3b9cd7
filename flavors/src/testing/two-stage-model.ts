import { alsFiles } from '../als/write.js'
import { markovFiles } from '../markov/artifact.js'
import type { TwoStageModel } from '../two-stage/artifact.js'
import { listFeatures, type Plan } from '../two-stage/plan.js'
import type { Traits } from '../two-stage/traits.js'
import { anAlsModel, randomNumbers } from './als-model.js'
import { someRows, someTables } from './tables.js'
import { anXgboostModel } from './xgboost-model.js'

const PLAN: Plan = {
  members: ['ials', 'markov_3'],
  views: [{ member: 'markov_3', latest: 1 }],
  numbers: ['year'],
  gaps: ['year'],
  labels: ['genres'],
}

/** A two-stage model with two members, traits of the items and random trees. */
export function aTwoStageModel(items = 14, seed = 1): TwoStageModel {
  const random = randomNumbers(seed)
  const tables = someTables(items, 7, seed)
  const { users: _, ...alone } = tables
  const traits: Traits = {
    numbers: {
      year: Float32Array.from({ length: items }, (_, row) => (row === 3 ? Number.NaN : 1950 + row)),
    },
    labels: { genres: Array.from({ length: items }, (_, row) => ['', 'Drama', 'Drama|War'][row % 3]!) },
  }
  const features = listFeatures(PLAN)
  const trees = anXgboostModel({ features: features.length, trees: 9, seed: Math.floor(random() * 1000) })
  return {
    ...tables,
    plan: PLAN,
    traits,
    depth: 5,
    booster: { ...trees, featureNames: features.map(({ name }) => name) },
    members: [
      { name: 'ials', files: alsFiles({ ...anAlsModel({ items, users: 0, seed }), items: tables.items }) },
      {
        name: 'markov_3',
        files: markovFiles({ ...alone, transitions: someRows(items, seed), lagWeights: [1, 0.7, 0.5] }),
      },
    ],
  }
}
