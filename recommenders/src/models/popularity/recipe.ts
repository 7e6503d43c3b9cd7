import { popularityFiles } from '@cairn/flavors/popularity/artifact'
import Type from 'typebox'
import type { Recipe } from '../../recipe.js'
import { type FactorScorer, factorScorer } from '../../scoring/factor-scorer.js'
import { artifactTables } from '../artifact-tables.js'
import { trainPopularity } from './train.js'

const PopularityParameters = Type.Object(
  {
    window_days: Type.Number({
      default: 0,
      minimum: 0,
      description: 'Counts only events in this many days before the latest event; 0 counts all. Try 7 to 90',
    }),
  },
  { additionalProperties: false },
)

/** The baseline for every other model: the items with the most events. */
export const popularity: Recipe<typeof PopularityParameters, FactorScorer> = {
  kind: 'popularity',
  title: 'Popularity',
  parameters: PopularityParameters,
  async fit({ train }, { window_days }) {
    const equalVectors = (_: unknown, users: Int32Array) => new Float32Array(users.length).fill(1)
    return factorScorer(trainPopularity(train, window_days), equalVectors)
  },
  files({ itemFactors }, artifact) {
    const { items, protocol } = artifactTables(artifact, {})
    const { metadata } = artifact
    const counted = { ...items, popularity: Float64Array.from(itemFactors) }
    return popularityFiles(counted, { metadata, ...(protocol && { protocol }) })
  },
}
