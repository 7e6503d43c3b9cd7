import { stringify } from 'yaml'
import { formatMlmodel, type Mlmodel } from './mlmodel.js'
import type { ModelFiles } from './model-folder.js'

/** The MLflow release whose MLmodel format is written. */
const MLFLOW_FORMAT = '3.11.1'
const PYTHON = '3.11'

export interface ModelDescription extends Pick<Mlmodel, 'flavors' | 'signature' | 'metadata'> {
  /** Rows in the form that clients send. */
  readonly inputExample?: readonly Record<string, unknown>[]
  /** Python packages that read the files, for `requirements.txt`. */
  readonly requirements: readonly string[]
}

/** Adds to a flavor's files those that MLflow saves with every model: MLmodel, the input example and the environment files. */
export function addMlflowFiles(files: ModelFiles, description: ModelDescription): ModelFiles {
  const { inputExample, requirements, ...model } = description
  const example = inputExample ? exampleFiles(inputExample) : {}
  const all: ModelFiles = { ...files, ...example, ...environmentFiles(requirements) }
  const mlmodel: Mlmodel = {
    ...model,
    ...(inputExample && { saved_input_example_info: EXAMPLE_INFO }),
    mlflow_version: MLFLOW_FORMAT,
    model_size_bytes: Object.values(files).reduce((sum, content) => sum + Buffer.byteLength(content), 0),
    model_uuid: crypto.randomUUID().replaceAll('-', ''),
    utc_time_created: new Date().toISOString().replace('T', ' ').replace('Z', '000'),
  }
  return { ...all, MLmodel: formatMlmodel(mlmodel) }
}

const EXAMPLE_INFO = {
  artifact_path: 'input_example.json',
  pandas_orient: 'split',
  serving_input_path: 'serving_input_example.json',
  type: 'dataframe',
}

/** `serving_input_example.json` is a request body for `/invocations`. */
function exampleFiles(rows: readonly Record<string, unknown>[]): ModelFiles {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const split = { columns, data: rows.map((row) => columns.map((column) => row[column] ?? null)) }
  return {
    'input_example.json': JSON.stringify(split),
    'serving_input_example.json': JSON.stringify({ dataframe_split: split }, null, 2),
  }
}

function environmentFiles(requirements: readonly string[]): ModelFiles {
  const pip = [`mlflow==${MLFLOW_FORMAT}`, ...requirements]
  const conda = {
    channels: ['conda-forge'],
    dependencies: [`python=${PYTHON}`, 'pip', { pip }],
    name: 'mlflow-env',
  }
  const virtualenv = {
    python: PYTHON,
    build_dependencies: ['pip', 'setuptools', 'wheel'],
    dependencies: ['-r requirements.txt'],
  }
  const yaml = (value: object) => stringify(value, { version: '1.1' })
  return {
    'requirements.txt': `${pip.join('\n')}\n`,
    'conda.yaml': yaml(conda),
    'python_env.yaml': yaml(virtualenv),
  }
}
