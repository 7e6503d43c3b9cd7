import { invalid } from '@cairn/platform/errors'
import { adjacency, lastValues } from '../../data/adjacency.js'
import type { FactorScorer } from '../../scoring/factor-scorer.js'
import { stepOf } from '../als/epoch-step.js'
import type { AlsModel } from '../als/model.js'
import { als } from '../als/recipe.js'
import { alsFactorScorer } from '../als/scorer.js'
import { factorize } from '../als/train.js'
import type { Recipe } from '../recipe.js'
import { AlsExplicitParameters } from './parameters.js'

/** Vectors of length 1, as Spark's. */
const INIT_SCALE = 1

/**
 * Ratings as dot products, by alternating least squares with a penalty by count (ALS-WR, Zhou et al. 2008), which is
 * what Spark's ALS does unless it is told that preferences are implicit. Only rated pairs count, so that it learns how
 * films are rated and nothing of what is watched.
 */
export const alsExplicit: Recipe<typeof AlsExplicitParameters, FactorScorer & AlsModel> = {
  kind: 'als-explicit',
  title: 'Explicit ALS',
  parameters: AlsExplicitParameters,
  caution:
    'explicit ALS predicts ratings and ranks poorly: it puts first what few have rated highly; rank by iALS instead',
  async fit({ train }, given, { threads, signal, onStep } = {}) {
    if (!train.values) throw invalid('explicit ALS needs ratings, and these events have none')
    const pairs = adjacency(train)
    const parameters = {
      ...given,
      unobserved_weight: 0,
      regularization_exponent: 1,
      block_size: Math.ceil(given.factors / 8) * 8,
      init_scale: INIT_SCALE,
    }
    const model = await factorize(
      train,
      parameters,
      {
        ...(threads !== undefined && { threads }),
        ...(signal && { signal }),
        onEpoch: (epoch) => onStep?.(stepOf(epoch, given.epochs)),
      },
      lastValues(train, train.values, pairs),
    )
    return alsFactorScorer(model, train)
  },
  files: (model, artifact) => als.files(model, artifact),
}
