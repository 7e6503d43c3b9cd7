import { invalid } from '@cairn/platform/errors'
import { stringify } from 'yaml'
import { readModelFile } from './model-folder.js'
import { formatSignature, parseSignature, type Signature, type SignatureJson } from './signature.js'
import { isMapping, parseYamlMapping } from './yaml-mapping.js'

const MAX_BYTES = 1 << 20

export type FlavorConfig = Readonly<Record<string, unknown>>

/** An MLmodel file. Only `flavors` is required; unknown keys are preserved. */
export interface Mlmodel {
  readonly flavors: Readonly<Record<string, FlavorConfig>>
  readonly signature?: Signature
  readonly model_id?: string
  readonly run_id?: string
  readonly model_uuid?: string
  readonly artifact_path?: string
  readonly mlflow_version?: string
  readonly model_size_bytes?: number
  readonly saved_input_example_info?: Readonly<Record<string, unknown>>
  readonly utc_time_created?: string
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly [key: string]: unknown
}

/** @throws INVALID_PARAMETER_VALUE when the folder has no valid MLmodel */
export async function readMlmodel(folder: string): Promise<Mlmodel> {
  return parseMlmodel((await readModelFile(folder, 'MLmodel', MAX_BYTES)).toString('utf8'))
}

/**
 * Parses leniently: older files lack most keys, and `null` counts as missing for the keys above.
 *
 * @throws INVALID_PARAMETER_VALUE when the text is not a YAML mapping or names no flavors
 */
export function parseMlmodel(text: string): Mlmodel {
  if (text.length > MAX_BYTES) throw invalid(`MLmodel: larger than ${MAX_BYTES} bytes`)
  const { signature, ...fields } = parseMapping(text)
  const flavors = fields.flavors
  if (!isMapping(flavors) || Object.keys(flavors).length === 0)
    throw invalid('MLmodel: flavors must name at least one flavor')
  for (const [name, config] of Object.entries(flavors))
    if (!isMapping(config)) throw invalid(`MLmodel: flavors.${name} must be a mapping`)
  return {
    ...fields,
    flavors: flavors as Mlmodel['flavors'],
    ...(isMapping(signature) && { signature: parseSignature(signature as SignatureJson) }),
  }
}

/** Returns the path of a flavor's `data` file. @throws INVALID_PARAMETER_VALUE unless it is inside the model folder */
export function dataFileOf({ data }: FlavorConfig, flavor: string): string {
  const isInside = typeof data === 'string' && /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(data)
  if (!isInside) throw invalid(`MLmodel: flavors.${flavor}.data must name a file of the model`)
  return data
}

/** Writes YAML 1.1, the version that PyYAML reads, so that timestamps stay text. */
export function formatMlmodel({ signature, ...fields }: Mlmodel): string {
  const document = { ...fields, ...(signature && { signature: formatSignature(signature) }) }
  return stringify(document, {
    version: '1.1',
    sortMapEntries: true,
    lineWidth: 0,
    aliasDuplicateObjects: false,
  })
}

function parseMapping(text: string): Record<string, unknown> {
  const entries = Object.entries(parseYamlMapping('MLmodel', text))
  return Object.fromEntries(entries.filter(([key, entry]) => entry !== null || !OPTIONAL.has(key)))
}

const OPTIONAL = new Set(['model_id', 'run_id', 'model_uuid', 'artifact_path', 'mlflow_version', 'signature'])
