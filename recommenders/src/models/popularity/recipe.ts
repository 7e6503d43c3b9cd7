import { popularityFiles } from '@cairn/flavors/popularity/artifact'
import Type from 'typebox'
import { type FactorScorer, factorScorer } from '../../scoring/factor-scorer.js'
import { tablesOf } from '../artifact-tables.js'
import type { Recipe } from '../recipe.js'
import { trainPopularity } from './train.js'

const PopularityParameters = Type.Object(
  {
    window_days: Type.Number({
      default: 0,
      minimum: 0,
      description: 'Counts the events of so many days before the latest one; 0 counts all. Try 7 to 90',
    }),
  },
  { additionalProperties: false },
)

/** The bar for every other model: what most people had. */
export const popularity: Recipe<typeof PopularityParameters, FactorScorer> = {
  kind: 'popularity',
  title: 'Popularity',
  parameters: PopularityParameters,
  async fit({ train }, { window_days }) {
    const everybody = (_: unknown, users: Int32Array) => new Float32Array(users.length).fill(1)
    return factorScorer(trainPopularity(train, window_days), everybody)
  },
  files({ itemFactors }, artifact) {
    const { items, protocol } = tablesOf(artifact, {})
    const { metadata } = artifact
    const counted = { ...items, popularity: Float64Array.from(itemFactors) }
    return popularityFiles(counted, { metadata, ...(protocol && { protocol }) })
  },
}
