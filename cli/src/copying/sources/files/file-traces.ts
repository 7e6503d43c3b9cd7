import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { TraceInfo, TraceState } from '@cairn/platform/protocol/traces'
import { writeDuration, writeTime } from '@cairn/tracking-server/protobuf-time'
import type { SourceTrace } from '../source.js'
import {
  field,
  files,
  folders,
  type Meta,
  numberField,
  present,
  readPairs,
  readTyped,
  readYaml,
} from './store-files.js'

const INFO = 'trace_info.yaml'

/** The traces of an experiment, each with its folder. */
export function* readTraces(
  experiment: string,
  experiment_id: string,
): Generator<{ trace: SourceTrace; folder: string }> {
  const parent = join(experiment, 'traces')
  for (const trace_id of folders(parent)) {
    const folder = join(parent, trace_id)
    const meta = readYaml(join(folder, INFO))
    if (meta && (field(meta, 'trace_id') ?? field(meta, 'request_id')) === trace_id)
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
  const preview = (name: string) => present(name, typeof meta[name] === 'string' ? meta[name] : undefined)
  const trace_info: TraceInfo = {
    trace_id,
    trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id } },
    request_time: field(meta, 'request_time') ?? writeTime(timestamp ?? 0),
    ...present('execution_duration', duration === undefined ? undefined : writeDuration(duration)),
    state: (field(meta, 'state') ?? field(meta, 'status') ?? 'STATE_UNSPECIFIED') as TraceState,
    ...present('client_request_id', field(meta, 'client_request_id')),
    ...preview('request_preview'),
    ...preview('response_preview'),
    tags: readMap(join(folder, 'tags')),
    trace_metadata: readMap(join(folder, 'request_metadata')),
    assessments: readAssessments(join(folder, 'assessments')),
  }
  const data = statSync(join(folder, 'artifacts', 'traces.json'), { throwIfNoEntry: false })
  return { trace: { trace_info }, ...present('extent', data && `${data.size} ${data.mtimeMs}`) }
}

const readMap = (folder: string) =>
  Object.fromEntries(readPairs(folder).map(({ key, value }) => [key, value]))

const readAssessments = (folder: string) =>
  files(folder)
    .sort()
    .map((name) => readTyped(join(folder, name)) as NonNullable<TraceInfo['assessments']>[number])
