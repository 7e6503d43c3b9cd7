import { invalid } from '@cairn/platform/errors'
import type { XgboostModel } from './model.js'
import type { ScoreOptions, XgboostScorer } from './scorer.js'

/** Determines `predict` as in Python: a Booster uses all trees, a wrapper its best iteration, a classifier returns labels. */
export interface ModelClass {
  readonly isBooster: boolean
  readonly isClassifier: boolean
}

const WRAPPER =
  /^xgboost\.(?:sklearn|dask(?:\.\w+)*)\.(?:Dask)?XGB(?:RF)?(Classifier|Regressor|Ranker|Model)$/

/** @throws INVALID_PARAMETER_VALUE for an unsupported class */
export function parseModelClass(name: unknown): ModelClass {
  // Absent in models that MLflow saved before 1.22.
  if (name === undefined || name === null || name === 'xgboost.core.Booster')
    return { isBooster: true, isClassifier: false }
  const [, role] = WRAPPER.exec(String(name)) ?? []
  if (role === undefined)
    throw invalid(`MLmodel: flavors.xgboost.model_class ${JSON.stringify(name)} is not supported`)
  return { isBooster: false, isClassifier: role === 'Classifier' }
}

/** Returns one number per row, or a list of numbers if a prediction has several. */
export function predictAs(modelClass: ModelClass, scorer: XgboostScorer, values: Float32Array): unknown[] {
  const { isBooster, isClassifier } = modelClass
  const predicted = scorer.predict(values, isBooster ? {} : bestIterations(scorer.model))
  const { width } = scorer
  if (width === 1) return Array.from(predicted, isClassifier ? toLabel(scorer.model) : Number)
  const rows = Array.from({ length: predicted.length / width }, (_, row) =>
    Array.from(predicted.subarray(row * width, (row + 1) * width)),
  )
  if (!isClassifier) return rows
  const isMulticlass = scorer.model.classes > 2
  return rows.map((row) =>
    isMulticlass ? row.indexOf(Math.max(...row)) : row.map((value) => Number(value > 0.5)),
  )
}

const toLabel =
  ({ objective }: XgboostModel) =>
  (value: number): number =>
    objective.name === 'multi:softmax' ? value : Number(value > 0.5)

/** After early stopping, wrappers ignore the trees after the best iteration. */
function bestIterations({ attributes, booster }: XgboostModel): ScoreOptions {
  if (booster.kind === 'gblinear' || attributes.best_iteration === undefined) return {}
  const best = Number(attributes.best_iteration)
  const iterations = booster.iterationOffsets.length - 1
  if (!(Number.isInteger(best) && best >= 0 && best < iterations))
    throw invalid(
      `xgboost: best_iteration '${attributes.best_iteration}' is not within the ${iterations} of the model`,
    )
  return { iterations: [0, best + 1] }
}
