import { checkModel } from './check-model.js'
import { shortestFloat } from './decimal.js'
import type { Document } from './document.js'
import { writeJson } from './json-write.js'
import type { Version, XgboostModel } from './model.js'
import { outputsOf } from './model.js'
import { writeUbj } from './ubj-write.js'
import { boosterDocument } from './write-booster.js'

/** A `.json` that XGBoost loads. @throws INVALID_PARAMETER_VALUE when the model does not hold together. */
export const xgboostJson = (model: XgboostModel): string => writeJson(modelDocument(model))

/** A `.ubj` that XGBoost loads. @throws INVALID_PARAMETER_VALUE when the model does not hold together. */
export const xgboostUbj = (model: XgboostModel): Uint8Array => writeUbj(modelDocument(model))

function modelDocument(model: XgboostModel): Document {
  checkModel(model, 'xgboost')
  const version = writtenVersion(model)
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

/** The oldest and the newest layout that are written, and what came with releases between them. */
const OLDEST: Version = [3, 0, 0]
const VECTORS_OF_BASE_SCORES: Version = [3, 1, 0]
const NEWEST: Version = [3, 2, 0]

/** The model's own release where its layout is known here and can say all that the model holds. */
function writtenVersion(model: XgboostModel): Version {
  const { booster, baseScore, version } = model
  let least = OLDEST
  if (booster.kind !== 'gblinear') {
    if (booster.categoryNames) least = VECTORS_OF_BASE_SCORES
    if (booster.trees.some((tree) => tree.leafVectors && tree.leafVectors !== tree.baseWeights))
      least = NEWEST
  }
  if (isBefore(least, VECTORS_OF_BASE_SCORES) && baseScore.some((score) => score !== baseScore[0]))
    least = VECTORS_OF_BASE_SCORES
  if (isBefore(version, least)) return least
  return isBefore(NEWEST, version) ? NEWEST : version
}

export const isBefore = (a: Version, b: Version): boolean => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1])

/** One text, and since 3.1 a list with an entry for each output. */
function baseScore(model: XgboostModel, version: Version): string {
  const { baseScore } = model
  if (isBefore(version, VECTORS_OF_BASE_SCORES)) return shortestFloat(baseScore[0]!)
  const outputs = outputsOf(model)
  const all = baseScore.length === outputs ? [...baseScore] : Array(outputs).fill(baseScore[0])
  return `[${all.map(shortestFloat).join(',')}]`
}
