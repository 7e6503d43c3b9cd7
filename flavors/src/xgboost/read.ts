import { invalid } from '@cairn/platform/errors'
import { checkModel } from './check-model.js'
import { Fields } from './fields.js'
import { readJson } from './json-read.js'
import type { Objective, Version, XgboostModel } from './model.js'
import { readBooster } from './read-booster.js'
import { readUbj } from './ubj-read.js'

const MAX_FEATURES = 1 << 26

/**
 * Reads an untrusted XGBoost model in JSON or UBJSON, of any release since 1.0.
 *
 * @throws INVALID_PARAMETER_VALUE naming the position in the file and the problem
 */
export function readXgboost(bytes: Uint8Array, name: string): XgboostModel {
  const root = new Fields(decode(bytes, name), name)
  if (!root.has('learner') && root.has('Model'))
    throw invalid(`${name}: a memory snapshot of XGBoost, not a model: store it with Booster.save_model`)
  const learner = root.fields('learner')
  const parameters = learner.fields('learner_model_param')
  const model: XgboostModel = {
    version: readVersion(root),
    features: parameters.integer('num_feature', 0, MAX_FEATURES),
    featureNames: learner.has('feature_names') ? learner.texts('feature_names') : [],
    featureTypes: learner.has('feature_types') ? learner.texts('feature_types') : [],
    classes: parameters.integer('num_class', 0, 1 << 16),
    targets: parameters.has('num_target') ? parameters.integer('num_target', 0, 1 << 16) : 1,
    baseScore: readBaseScore(parameters),
    boostFromAverage: parameters.has('boost_from_average')
      ? parameters.text('boost_from_average') !== '0'
      : true,
    objective: readObjective(learner.fields('objective')),
    attributes: learner.has('attributes') ? learner.fields('attributes').allTexts() : {},
    booster: readBooster(learner),
  }
  checkModel(model, name)
  return model
}

function decode(bytes: Uint8Array, name: string) {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('latin1')
  if (start.startsWith('binf') || start === 'bs64' || !/^\s*\{/.test(start))
    throw invalid(
      `${name}: neither JSON nor UBJSON. The binary format of XGBoost before 1.0 is not supported, nor by XGBoost since 3.1: ` +
        "load the model with an older release and store it with save_model('model.ubj')",
    )
  return /^\{[LiUIl]/.test(start) ? readUbj(bytes, name) : readJson(bytes, name)
}

function readVersion(root: Fields): Version {
  if (!root.has('version')) return [1, 0, 0]
  const [major = 0, minor = 0, patch = 0] = root.integers('version', 3)
  return [major, minor, patch]
}

/** `5E-1`, or `[1E-1,2E-1]` since 3.1. */
function readBaseScore(parameters: Fields): Float32Array {
  const text = parameters.text('base_score').trim()
  const list = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1).split(',') : [text]
  const scores = Float32Array.from(list, (score) => (score.trim() === '' ? Number.NaN : Number(score)))
  if (!scores.every(Number.isFinite)) throw parameters.invalid('base_score', 'a number or a list of numbers')
  return scores
}

function readObjective(fields: Fields): Objective {
  const groups = fields.keys().filter((key) => key !== 'name')
  const parameters = Object.fromEntries(groups.map((key) => [key, fields.fields(key).allTexts()]))
  return { name: fields.text('name'), parameters }
}
