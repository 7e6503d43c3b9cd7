import type { FitInput, Recipe } from '../../recipe.js'
import { ablateTwoStage } from '../two-stage/ablation.js'
import { fitTwoStage, type TwoStage, type TwoStageOptions } from '../two-stage/fit.js'
import { twoStageModelFiles } from '../two-stage/model-files.js'
import { ablateFusion, type Fusion, fitFusion, fusionModelFiles } from './fusion.js'
import { HybridParameters } from './parameters.js'

export type HybridModel = TwoStage | Fusion

const isFusion = (model: HybridModel): model is Fusion => 'queries' in model

/** Combines other models, either as the first stage of a two-stage ranker or as a weighted sum. */
export const hybrid: Recipe<typeof HybridParameters, HybridModel> = {
  kind: 'hybrid',
  title: 'Hybrid',
  parameters: HybridParameters,
  fittedOnce: true,
  fit: (data, parameters, options) => fitHybrid(data, parameters, options),
  files: (model, artifact) =>
    isFusion(model) ? fusionModelFiles(model, artifact) : twoStageModelFiles(model, artifact),
  ablations: (model, options) => (isFusion(model) ? ablateFusion(model) : ablateTwoStage(model, options)),
}

/** Fits the model as the recipe does; `options.fitted` adds members that are fitted already. */
export function fitHybrid(
  data: FitInput,
  parameters: HybridParameters,
  options: TwoStageOptions = {},
): Promise<HybridModel> {
  const { method } = parameters
  return method === 'stacked'
    ? fitTwoStage(data, parameters, options)
    : fitFusion(data, parameters, method, options)
}
