import type { Recipe } from '../recipe.js'
import { ablate } from './ablation.js'
import { filesOf } from './artifact.js'
import { fitTwoStage, type TwoStage } from './fit.js'
import { TwoStageParameters } from './parameters.js'

/** Candidates by several quick models, ranked by boosted trees over what these and the facts say of them. */
export const twoStage: Recipe<typeof TwoStageParameters, TwoStage> = {
  kind: 'two-stage',
  title: 'XGBoost two-stage',
  parameters: TwoStageParameters,
  fittedOnce: true,
  fit: (data, parameters, options) => fitTwoStage(data, parameters, options),
  files: filesOf,
  ablations: ablate,
}
