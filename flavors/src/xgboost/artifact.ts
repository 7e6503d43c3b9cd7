import type { ModelFiles } from '../mlmodel/model-folder.js'
import { packageModel } from '../mlmodel/package-model.js'
import type { Signature } from '../mlmodel/signature.js'
import type { XgboostModel } from './model.js'
import { outputsOf } from './model.js'
import { modelClassOf } from './model-class.js'
import { requireObjective } from './objective.js'
import { xgboostJson, xgboostUbj } from './write.js'

/** The release whose files are written and which `requirements.txt` asks for. */
const XGBOOST = '3.2.0'

export interface XgboostOptions {
  readonly format?: 'ubj' | 'json'
  /** Python class that MLflow loads it as; decides what `predict` means. */
  readonly modelClass?: string
  /** From the feature names when absent. */
  readonly signature?: Signature
  readonly inputExample?: readonly Record<string, unknown>[]
  /** Goes into MLmodel as it is. */
  readonly metadata?: Record<string, unknown>
}

/**
 * A model folder as `mlflow.xgboost.log_model` writes it: `mlflow.xgboost.load_model` and `mlflow.pyfunc.load_model` load
 * it, and so does an endpoint.
 */
export function xgboostFiles(model: XgboostModel, options: XgboostOptions = {}): ModelFiles {
  const { format = 'ubj', modelClass = 'xgboost.core.Booster', inputExample, metadata } = options
  modelClassOf(modelClass)
  const data = `model.${format}`
  const pyfunc = {
    data,
    env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
    loader_module: 'mlflow.xgboost',
    python_version: '3.11.0',
  }
  const config = { code: null, data, model_class: modelClass, model_format: format, xgb_version: XGBOOST }
  return packageModel(
    { [data]: format === 'ubj' ? xgboostUbj(model) : xgboostJson(model) },
    {
      flavors: { python_function: pyfunc, xgboost: config },
      signature: options.signature ?? signatureOf(model),
      ...(inputExample && { inputExample }),
      requirements: [`xgboost==${XGBOOST}`],
      ...(metadata && { metadata }),
    },
  )
}

/** Columns by name, or one array where features have no names. */
function signatureOf(model: XgboostModel): Signature {
  const { features, featureNames, objective } = model
  const tensor = (dtype: string, shape: number[]) => ({ type: 'tensor', 'tensor-spec': { dtype, shape } })
  const width = requireObjective(objective.name, 'xgboost').chooses ? 1 : outputsOf(model)
  const columns = featureNames.map((name) => ({ type: 'double' as const, name, required: true }))
  return {
    inputs: columns.length > 0 ? columns : [tensor('float32', [-1, features])],
    outputs: [tensor('float32', width === 1 ? [-1] : [-1, width])],
  }
}
