import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { TraceInfo, TraceState } from '@cairn/platform/protocol/mlflow/traces'
import { writeDuration, writeTime } from '@cairn/tracking-server/protobuf-time'
import type { SourceTrace } from '../source.js'
import {
  listFiles,
  listFolders,
  type Meta,
  numberField,
  optionalField,
  readPairs,
  readTyped,
  readYaml,
  textField,
} from './store-files.js'

const INFO = 'trace_info.yaml'

/** The traces of an experiment, each with its folder. */
export function* readTraces(
  experiment: string,
  experiment_id: string,
): Generator<{ trace: SourceTrace; folder: string }> {
  const parent = join(experiment, 'traces')
  for (const trace_id of listFolders(parent)) {
    const folder = join(parent, trace_id)
    const meta = readYaml(join(folder, INFO))
    if (meta && (textField(meta, 'trace_id') ?? textField(meta, 'request_id')) === trace_id)
      yield { trace: toTrace(meta, folder, { trace_id, experiment_id }), folder }
  }
}

/** Reads the fields of MLflow 3 or of MLflow 2. */
function toTrace(
  meta: Meta,
  folder: string,
  { trace_id, experiment_id }: { trace_id: string; experiment_id: string },
): SourceTrace {
  const timestamp = numberField(meta, 'timestamp_ms')
  const duration = numberField(meta, 'execution_duration_ms') ?? numberField(meta, 'execution_time_ms')
  // Not `field`: here 'null' is text, since MLflow omits absent previews.
  const preview = (name: string) =>
    optionalField(name, typeof meta[name] === 'string' ? meta[name] : undefined)
  const trace_info: TraceInfo = {
    trace_id,
    trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id } },
    request_time: textField(meta, 'request_time') ?? writeTime(timestamp ?? 0),
    ...optionalField('execution_duration', duration === undefined ? undefined : writeDuration(duration)),
    state: (textField(meta, 'state') ?? textField(meta, 'status') ?? 'STATE_UNSPECIFIED') as TraceState,
    ...optionalField('client_request_id', textField(meta, 'client_request_id')),
    ...preview('request_preview'),
    ...preview('response_preview'),
    tags: readMap(join(folder, 'tags')),
    trace_metadata: readMap(join(folder, 'request_metadata')),
    assessments: readAssessments(join(folder, 'assessments')),
  }
  const data = statSync(join(folder, 'artifacts', 'traces.json'), { throwIfNoEntry: false })
  return { trace: { trace_info }, ...optionalField('extent', data && `${data.size} ${data.mtimeMs}`) }
}

const readMap = (folder: string) =>
  Object.fromEntries(readPairs(folder).map(({ key, value }) => [key, value]))

const readAssessments = (folder: string) =>
  listFiles(folder)
    .sort()
    .map((name) => readTyped(join(folder, name)) as NonNullable<TraceInfo['assessments']>[number])
