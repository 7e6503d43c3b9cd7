import { invalid } from '@cairn/platform/errors'
import type { Model } from './flavor.js'
import { FLAVORS } from './flavors.js'
import { loadScorer } from './load-scorer.js'
import { type FlavorConfig, type Mlmodel, readMlmodel } from './mlmodel/mlmodel.js'
import type { Signature } from './mlmodel/signature.js'
import { predictorModel } from './predictor-model.js'
import { RecommenderModel } from './recommender/recommender-model.js'

/** A loaded model, ready to serve requests. */
export interface ServableModel extends Model {
  readonly flavor: string
  readonly signature: Signature | undefined
  readonly mlmodel: Mlmodel
}

/**
 * Loads a model by the first supported flavor of its MLmodel. No code of the model is executed.
 *
 * @throws INVALID_PARAMETER_VALUE for a broken model, and for one that only Python can load, with advice
 */
export async function loadModel(folder: string): Promise<ServableModel> {
  const mlmodel = await readMlmodel(folder)
  const flavor = loadableFlavor(mlmodel)
  if (flavor === undefined) throw invalid(unsupportedMessage(mlmodel))
  const loaded = await FLAVORS[flavor]!.load(folder, { mlmodel, loadMember: loadScorer })
  const model: Model = 'invoke' in loaded ? predictorModel(loaded) : new RecommenderModel(loaded)
  return {
    flavor,
    signature: mlmodel.signature,
    mlmodel,
    predict: (requests) => model.predict(requests),
    ...(model.fallback && { fallback: (request) => model.fallback!(request) }),
    ...(model.close && { close: () => model.close!() }),
  }
}

const loadableFlavor = ({ flavors }: Mlmodel) =>
  Object.keys(FLAVORS).find((name) => Object.hasOwn(flavors, name))

/** Returns whether `loadModel` refuses a model that `mlflow.pyfunc.load_model` loads. */
export const needsPython = (mlmodel: Mlmodel): boolean =>
  loadableFlavor(mlmodel) === undefined && mlmodel.flavors.python_function !== undefined

function unsupportedMessage(mlmodel: Mlmodel): string {
  const advice = needsPython(mlmodel) ? ` ${IN_PYTHON}` : ''
  const names = Object.keys(mlmodel.flavors)
  const pickled = names.find((name) => isPickled(name, mlmodel.flavors[name]!))
  if (pickled)
    return (
      `The model's flavor '${pickled}' is stored as a pickle. Loading a pickle executes arbitrary code, so Cairn never ` +
      'loads one. Log the model as ONNX (for scikit-learn: skl2onnx, then mlflow.onnx.log_model) or in its own ' +
      `format (mlflow.xgboost.log_model).${advice}`
    )
  return `Unsupported flavors: ${names.join(', ')}; supported: ${Object.keys(FLAVORS).join(', ')}.${advice}`
}

const IN_PYTHON = 'If you trust its author, set CAIRN_PYTHON_MODELS to serve it in its own Python process.'

/** Flavors that MLflow writes with pickle or cloudpickle unless `serialization_format` says otherwise. */
const PICKLED_BY_DEFAULT = new Set(['sklearn', 'statsmodels', 'pytorch', 'langchain', 'dspy'])

function isPickled(name: string, config: FlavorConfig): boolean {
  const format = config.serialization_format
  if (typeof format === 'string') return /pickle/.test(format)
  const pickleKeys = ['pickled_model', 'python_model', 'pickle_module', 'cloudpickle_version']
  return (
    PICKLED_BY_DEFAULT.has(name) ||
    pickleKeys.some((key) => config[key] !== undefined && config[key] !== null)
  )
}
