import type { ModelFiles } from '@cairn/flavors/mlmodel/model-folder'
import type { HistoryScorer } from '@cairn/flavors/recommender/history-scorer'
import {
  type ArtifactContext,
  type FitInput,
  type FitOptions,
  type Recipe,
  resolveParameters,
} from '../recipe.js'
import { toHistoryScorer } from '../scoring/history-scorer.js'
import type { Scorer } from '../scoring/scorer.js'
import { getMemberRecipe } from './kinds.js'

/** A fitted model inside a two-stage or hybrid model, and how its own model folder is written. */
export interface FittedMember {
  readonly name: string
  /** The kind by which `members` lists it; one kind may yield several members. */
  readonly kind: string
  readonly scorer: HistoryScorer
  files(artifact: ArtifactContext): ModelFiles | Promise<ModelFiles>
}

/** `parameters` override the kind's defaults. Throws INVALID_PARAMETER_VALUE naming the kind or parameter. */
export async function fitMembers(
  kind: string,
  parameters: Readonly<Record<string, unknown>>,
  data: FitInput,
  options: FitOptions,
): Promise<readonly FittedMember[]> {
  const recipe = await getMemberRecipe(kind)
  if (recipe.fitMembers) return recipe.fitMembers(data, parameters, options)
  const model = await recipe.fit(data, resolveParameters(recipe, parameters), options)
  return [memberOf(recipe, model, data)]
}

/** Its folder records the data that the model was fitted on, not those of the composite. */
const memberOf = (recipe: Recipe, model: Scorer, { train }: FitInput): FittedMember => ({
  name: recipe.kind,
  kind: recipe.kind,
  scorer: toHistoryScorer(model, train.items),
  files: (artifact) => recipe.files(model, { ...artifact, train }),
})
