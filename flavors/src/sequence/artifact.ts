import { invalid } from '@cairn/platform/errors'
import { type ModelFiles, readModelFile, readModelJson } from '../mlmodel/model-folder.js'
import { requireSelfContained } from '../onnx/external-data.js'
import {
  type RecommenderTables,
  readRecommenderTables,
  recommenderFiles,
} from '../recommender/recommender-folder.js'
import type { SequenceGraph } from './scorer.js'

export interface SequenceModel extends RecommenderTables, Pick<SequenceGraph, 'onnx' | 'maxHistory'> {
  /** Kind of network, e.g. `bert4rec`. */
  readonly kind: string
  /** Training parameters, for information. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Id of the protocol that the model was evaluated with. */
  readonly protocol?: string
}

const FORMAT = 'cairn.sequence'
const FORMAT_VERSION = 1
const MANIFEST_FILE = 'sequence.json'
const GRAPH_FILE = 'model.onnx'
/** ONNX release of the written graphs, which use opset 17. */
const ONNX_RELEASE = '1.17.0'
const MAX_EVENTS = 100_000

/**
 * Writes a model folder of the flavors `sequence` and `onnx`: `mlflow.onnx.load_model` loads the graph, whose inputs and
 * outputs `SequenceGraph` describes. `metadata` is copied to MLmodel.
 */
export function sequenceFiles(model: SequenceModel, metadata?: Record<string, unknown>): ModelFiles {
  const { kind, onnx, maxHistory, items, users, parameters, protocol } = model
  const manifest = {
    format: FORMAT,
    format_version: FORMAT_VERSION,
    kind,
    max_history: maxHistory,
    counts: { items: items.ids.length, users: users?.ids.length ?? null },
    parameters,
    protocol: protocol ?? null,
  }
  const sequence = { data: MANIFEST_FILE, kind, graph: GRAPH_FILE, format_version: FORMAT_VERSION }
  const files = { [MANIFEST_FILE]: `${JSON.stringify(manifest, null, 2)}\n`, [GRAPH_FILE]: onnx }
  return recommenderFiles(
    { items, ...(users && { users }) },
    {
      files,
      flavors: { sequence, onnx: ONNX_FLAVOR },
      requirements: ['onnx', 'onnxruntime', 'numpy', 'pyarrow'],
      ...(metadata && { metadata }),
    },
  )
}

const ONNX_FLAVOR = {
  code: null,
  data: GRAPH_FILE,
  onnx_session_options: null,
  onnx_version: ONNX_RELEASE,
  providers: ['CPUExecutionProvider'],
}

/**
 * Reads an untrusted folder.
 *
 * @throws INVALID_PARAMETER_VALUE naming the file and the problem
 */
export async function readSequence(folder: string) {
  const manifest = parseManifest(await readModelJson(folder, MANIFEST_FILE))
  const onnx = await readModelFile(folder, GRAPH_FILE)
  requireSelfContained(onnx, GRAPH_FILE)
  const tables = await readRecommenderTables(folder)
  return { ...manifest, ...tables, onnx, items: tables.table.size }
}

function parseManifest(manifest: Record<string, unknown>): Pick<SequenceModel, 'kind' | 'maxHistory'> {
  const { format, format_version: version, kind, max_history: maxHistory } = manifest
  if (format !== FORMAT || version !== FORMAT_VERSION)
    throw invalid(
      `${MANIFEST_FILE}: must be '${FORMAT}' of format_version ${FORMAT_VERSION}, ` +
        `got ${JSON.stringify(format)} of ${JSON.stringify(version)}`,
    )
  if (!Number.isInteger(maxHistory) || (maxHistory as number) < 1 || (maxHistory as number) > MAX_EVENTS)
    throw invalid(`${MANIFEST_FILE}: max_history must be an integer from 1 to ${MAX_EVENTS}`)
  if (typeof kind !== 'string') throw invalid(`${MANIFEST_FILE}: kind must be text`)
  return { kind, maxHistory: maxHistory as number }
}
