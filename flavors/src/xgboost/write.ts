import { checkModel } from './check-model.js'
import { shortestFloat } from './decimal.js'
import type { Document } from './document.js'
import { writeJson } from './json-write.js'
import type { Version, XgboostModel } from './model.js'
import { outputsOf } from './model.js'
import { writeUbj } from './ubj-write.js'
import { boosterDocument } from './write-booster.js'

/** Writes a `.json` for XGBoost. @throws INVALID_PARAMETER_VALUE when the model is inconsistent */
export const xgboostJson = (model: XgboostModel): string => writeJson(modelDocument(model))

/** Writes a `.ubj` for XGBoost. @throws INVALID_PARAMETER_VALUE when the model is inconsistent */
export const xgboostUbj = (model: XgboostModel): Uint8Array => writeUbj(modelDocument(model))

function modelDocument(model: XgboostModel): Document {
  checkModel(model, 'xgboost')
  const version = targetVersion(model)
  const { featureNames, featureTypes, attributes, objective } = model
  return {
    learner: {
      attributes: { ...attributes },
      feature_names: featureNames,
      feature_types: featureTypes,
      gradient_booster: boosterDocument(model, version),
      learner_model_param: {
        base_score: baseScore(model, version),
        boost_from_average: model.boostFromAverage ? '1' : '0',
        num_class: String(model.classes),
        num_feature: String(model.features),
        num_target: String(model.targets),
      },
      objective: { ...objective.parameters, name: objective.name },
    },
    version: [...version],
  }
}

/** Oldest and newest supported layouts, and the release that introduced vectors of base scores. */
const OLDEST: Version = [3, 0, 0]
const VECTORS_OF_BASE_SCORES: Version = [3, 1, 0]
const NEWEST: Version = [3, 2, 0]

/** The model's own version if its layout is supported and can represent the model, otherwise the nearest one that can. */
function targetVersion(model: XgboostModel): Version {
  const { booster, baseScore, version } = model
  let minimum = OLDEST
  if (booster.kind !== 'gblinear') {
    if (booster.categoryNames) minimum = VECTORS_OF_BASE_SCORES
    if (booster.trees.some((tree) => tree.leafVectors && tree.leafVectors !== tree.baseWeights))
      minimum = NEWEST
  }
  if (isBefore(minimum, VECTORS_OF_BASE_SCORES) && baseScore.some((score) => score !== baseScore[0]))
    minimum = VECTORS_OF_BASE_SCORES
  if (isBefore(version, minimum)) return minimum
  return isBefore(NEWEST, version) ? NEWEST : version
}

export const isBefore = (a: Version, b: Version): boolean => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1])

/** One number; since 3.1 a list with one for each output. */
function baseScore(model: XgboostModel, version: Version): string {
  const { baseScore } = model
  if (isBefore(version, VECTORS_OF_BASE_SCORES)) return shortestFloat(baseScore[0]!)
  const outputs = outputsOf(model)
  const all = baseScore.length === outputs ? [...baseScore] : Array(outputs).fill(baseScore[0])
  return `[${all.map(shortestFloat).join(',')}]`
}
