import { appendRows } from '../tables/log-table.js'
import type { Content } from '../transport.js'
import { newUuid } from '../uuid.js'

/** Contents of a model's files by `/`-separated path; `MLmodel` at the root names its flavors. */
export type ModelFiles = Record<string, Content>

export interface ModelSignature {
  readonly inputs: readonly object[]
  readonly outputs?: readonly object[]
  readonly params?: readonly object[]
}

export interface ModelDescription {
  /** Required if the files contain no `MLmodel`, which is then generated. */
  readonly flavors?: Record<string, Record<string, unknown>>
  readonly signature?: ModelSignature
  /** Rows in the form that clients send; saved with the model, as MLflow does. */
  readonly inputExample?: readonly Record<string, unknown>[]
}

/** Adds `MLmodel` and the input example if missing, and sets the model's ids and location in `MLmodel`. */
export async function completeModelFiles(
  files: ModelFiles,
  description: ModelDescription,
  identity: { artifact_path: string; model_id: string; run_id: string },
): Promise<ModelFiles> {
  const example = description.inputExample ? exampleFiles(description.inputExample) : {}
  const mlmodel = files.MLmodel
  const text = mlmodel === undefined ? formatMlmodel(description) : await readText(mlmodel)
  return { ...example, ...files, MLmodel: setMlmodelFields(text, identity) }
}

/** Sets top-level scalars of an MLmodel file and preserves every other line. */
export function setMlmodelFields(text: string, values: Record<string, string>): string {
  let result = text.endsWith('\n') ? text : `${text}\n`
  for (const [key, value] of Object.entries(values)) {
    const line = new RegExp(`^${key}:.*$`, 'm')
    const field = `${key}: ${JSON.stringify(value)}`
    result = line.test(result) ? result.replace(line, () => field) : `${result}${field}\n`
  }
  return result
}

/** Formats an MLmodel file. JSON is YAML, so no YAML writer is needed. */
function formatMlmodel({ flavors, signature, inputExample }: ModelDescription): string {
  if (!flavors || Object.keys(flavors).length === 0)
    throw new TypeError('The files have no MLmodel; pass `flavors` so that it can be generated')
  const text = (rows: readonly object[] | undefined) => (rows ? JSON.stringify(rows) : null)
  const fields: Record<string, unknown> = {
    flavors,
    model_uuid: newUuid().replaceAll('-', ''),
    utc_time_created: new Date().toISOString().replace('T', ' ').replace('Z', '000'),
    ...(inputExample && {
      saved_input_example_info: {
        artifact_path: 'input_example.json',
        pandas_orient: 'split',
        serving_input_path: 'serving_input_example.json',
        type: 'dataframe',
      },
    }),
    ...(signature && {
      signature: {
        inputs: text(signature.inputs),
        outputs: text(signature.outputs),
        params: text(signature.params),
      },
    }),
  }
  return Object.entries(fields)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('')
}

function exampleFiles(rows: readonly Record<string, unknown>[]): ModelFiles {
  const split = appendRows(undefined, rows)
  return {
    'input_example.json': JSON.stringify(split),
    'serving_input_example.json': JSON.stringify({ dataframe_split: split }),
  }
}

export async function readText(content: Content): Promise<string> {
  if (typeof content === 'string') return content
  const body = 'open' in content ? content.open() : (content as Blob | Uint8Array<ArrayBuffer>)
  return new Response(body).text()
}
