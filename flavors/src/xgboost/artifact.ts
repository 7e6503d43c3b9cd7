import { addMlflowFiles } from '../mlmodel/mlflow-files.js'
import type { ModelFiles } from '../mlmodel/model-folder.js'
import type { Signature } from '../mlmodel/signature.js'
import type { XgboostModel } from './model.js'
import { outputsOf } from './model.js'
import { parseModelClass } from './model-class.js'
import { requireObjective } from './objective.js'
import { xgboostJson, xgboostUbj } from './write.js'

/** XGBoost release of the written files and of `requirements.txt`. */
const XGBOOST = '3.2.0'

export interface XgboostOptions {
  readonly format?: 'ubj' | 'json'
  /** Python class that MLflow loads; determines the meaning of `predict`. */
  readonly modelClass?: string
  /** Default: derived from the feature names. */
  readonly signature?: Signature
  readonly inputExample?: readonly Record<string, unknown>[]
  /** Copied to MLmodel. */
  readonly metadata?: Record<string, unknown>
}

/**
 * Writes a model folder in the layout of `mlflow.xgboost.log_model`, which `mlflow.xgboost.load_model`,
 * `mlflow.pyfunc.load_model` and serving endpoints load.
 */
export function xgboostFiles(model: XgboostModel, options: XgboostOptions = {}): ModelFiles {
  const { format = 'ubj', modelClass = 'xgboost.core.Booster', inputExample, metadata } = options
  parseModelClass(modelClass)
  const data = `model.${format}`
  const pyfunc = {
    data,
    env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
    loader_module: 'mlflow.xgboost',
    python_version: '3.11.0',
  }
  const config = { code: null, data, model_class: modelClass, model_format: format, xgb_version: XGBOOST }
  return addMlflowFiles(
    { [data]: format === 'ubj' ? xgboostUbj(model) : xgboostJson(model) },
    {
      flavors: { python_function: pyfunc, xgboost: config },
      signature: options.signature ?? defaultSignature(model),
      ...(inputExample && { inputExample }),
      requirements: [`xgboost==${XGBOOST}`],
      ...(metadata && { metadata }),
    },
  )
}

/** Named columns, or one tensor if features have no names. */
function defaultSignature(model: XgboostModel): Signature {
  const { features, featureNames, objective } = model
  const tensor = (dtype: string, shape: number[]) => ({ type: 'tensor', 'tensor-spec': { dtype, shape } })
  const width = requireObjective(objective.name, 'xgboost').picksClass ? 1 : outputsOf(model)
  const columns = featureNames.map((name) => ({ type: 'double' as const, name, required: true }))
  return {
    inputs: columns.length > 0 ? columns : [tensor('float32', [-1, features])],
    outputs: [tensor('float32', width === 1 ? [-1] : [-1, width])],
  }
}
