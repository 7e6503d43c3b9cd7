import type { FitData, Recipe } from '../recipe.js'
import { ablate } from '../two-stage/ablation.js'
import { filesOf } from '../two-stage/artifact.js'
import { fitTwoStage, type TwoStage, type TwoStageOptions } from '../two-stage/fit.js'
import { ablateFusion, type Fusion, fitFusion, fusionFilesOf } from './fusion.js'
import { HybridParameters } from './parameters.js'

export type HybridModel = TwoStage | Fusion

const isFusion = (model: HybridModel): model is Fusion => 'questions' in model

/** All other models put together: as the first stage of a two-stage ranker, or as a weighted sum. */
export const hybrid: Recipe<typeof HybridParameters, HybridModel> = {
  kind: 'hybrid',
  title: 'Hybrid',
  parameters: HybridParameters,
  fittedOnce: true,
  fit: (data, parameters, options) => fitHybrid(data, parameters, options),
  files: (model, artifact) => (isFusion(model) ? fusionFilesOf(model, artifact) : filesOf(model, artifact)),
  ablations: (model, options) => (isFusion(model) ? ablateFusion(model) : ablate(model, options)),
}

/** As the recipe fits it; `options.fitted` brings members that were fitted before. */
export function fitHybrid(
  data: FitData,
  parameters: HybridParameters,
  options: TwoStageOptions = {},
): Promise<HybridModel> {
  const { method } = parameters
  return method === 'stacked'
    ? fitTwoStage(data, parameters, options)
    : fitFusion(data, parameters, method, options)
}
