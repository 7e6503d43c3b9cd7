import type { Recipe } from '../../recipe.js'
import { ablateTwoStage } from './ablation.js'
import { fitTwoStage, type TwoStage } from './fit.js'
import { twoStageModelFiles } from './model-files.js'
import { TwoStageParameters } from './parameters.js'

/** Several fast models propose candidates; boosted trees rank them by the models' scores and the item facts. */
export const twoStage: Recipe<typeof TwoStageParameters, TwoStage> = {
  kind: 'two-stage',
  title: 'XGBoost two-stage',
  parameters: TwoStageParameters,
  fittedOnce: true,
  fit: (data, parameters, options) => fitTwoStage(data, parameters, options),
  files: twoStageModelFiles,
  ablations: ablateTwoStage,
}
