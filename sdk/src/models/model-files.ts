import { newUuid } from '../host/uuid.js'
import { addRows } from '../run/log-table.js'
import type { Content } from '../transport.js'

/** The files of a model by their `/`-separated path; `MLmodel` at the root names its flavors. */
export type ModelFiles = Record<string, Content>

export interface ModelSignature {
  readonly inputs: readonly object[]
  readonly outputs?: readonly object[]
  readonly params?: readonly object[]
}

export interface ModelDescription {
  /** Written when the files have no `MLmodel`; one of ours when they have. */
  readonly flavors?: Record<string, Record<string, unknown>>
  readonly signature?: ModelSignature
  /** Rows as a client would send them; saved beside the model as MLflow does. */
  readonly inputExample?: readonly Record<string, unknown>[]
}

/** Adds what is missing of `MLmodel` and the input example, and stamps where the model now lives. */
export async function completeFiles(
  files: ModelFiles,
  description: ModelDescription,
  stamp: { artifact_path: string; model_id: string; run_id: string },
): Promise<ModelFiles> {
  const example = description.inputExample ? exampleFiles(description.inputExample) : {}
  const mlmodel = files.MLmodel
  const text = mlmodel === undefined ? newMlmodel(description) : await textOf(mlmodel)
  return { ...example, ...files, MLmodel: stampMlmodel(text, stamp) }
}

/** Sets top-level scalars of an MLmodel file and leaves every other line as it was. */
export function stampMlmodel(text: string, values: Record<string, string>): string {
  let stamped = text.endsWith('\n') ? text : `${text}\n`
  for (const [key, value] of Object.entries(values)) {
    const line = new RegExp(`^${key}:.*$`, 'm')
    const written = `${key}: ${JSON.stringify(value)}`
    stamped = line.test(stamped) ? stamped.replace(line, () => written) : `${stamped}${written}\n`
  }
  return stamped
}

/** JSON is YAML, so a mapping of JSON values needs no YAML writer. */
function newMlmodel({ flavors, signature, inputExample }: ModelDescription): string {
  if (!flavors || Object.keys(flavors).length === 0)
    throw new TypeError('The files have no MLmodel; name the flavors so that one can be written')
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
  const split = addRows(undefined, rows)
  return {
    'input_example.json': JSON.stringify(split),
    'serving_input_example.json': JSON.stringify({ dataframe_split: split }),
  }
}

export async function textOf(content: Content): Promise<string> {
  if (typeof content === 'string') return content
  const body = 'open' in content ? content.open() : (content as Blob | Uint8Array<ArrayBuffer>)
  return new Response(body).text()
}
