import { invalid } from '@cairn/platform/errors'
import { adjacency, lastValues } from '../../data/adjacency.js'
import type { Recipe } from '../../recipe.js'
import type { FactorScorer } from '../../scoring/factor-scorer.js'
import { toFitStep } from '../als/fit-step.js'
import type { AlsModel } from '../als/model.js'
import { als } from '../als/recipe.js'
import { alsFactorScorer } from '../als/scorer.js'
import { factorize } from '../als/train.js'
import { AlsExplicitParameters } from './parameters.js'

/** Initial vectors have length 1, as in Spark. */
const INIT_SCALE = 1

/**
 * Predicts ratings as dot products, by alternating least squares with a penalty weighted by count (ALS-WR, Zhou et al.
 * 2008), like Spark's ALS without implicitPrefs. Only rated pairs enter the loss, so it learns how films are rated, not
 * which films are watched.
 */
export const alsExplicit: Recipe<typeof AlsExplicitParameters, FactorScorer & AlsModel> = {
  kind: 'als-explicit',
  title: 'Explicit ALS',
  parameters: AlsExplicitParameters,
  caution:
    'explicit ALS predicts ratings and ranks poorly: items with few, high ratings come first; use iALS for ranking',
  async fit({ train }, parameters, { threads, signal, onStep } = {}) {
    if (!train.values) throw invalid('explicit ALS needs ratings, but the events have none')
    const pairs = adjacency(train)
    const alsParameters = {
      ...parameters,
      unobserved_weight: 0,
      regularization_exponent: 1,
      block_size: Math.ceil(parameters.factors / 8) * 8,
      init_scale: INIT_SCALE,
    }
    const model = await factorize(
      train,
      alsParameters,
      {
        ...(threads !== undefined && { threads }),
        ...(signal && { signal }),
        onEpoch: (epoch) => onStep?.(toFitStep(epoch, parameters.epochs)),
      },
      lastValues(train, train.values, pairs),
    )
    return alsFactorScorer(model, train)
  },
  files: (model, artifact) => als.files(model, artifact),
}
