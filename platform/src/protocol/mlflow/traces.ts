import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { EDIT_EXPERIMENTS, READ_EXPERIMENTS } from '../rights.js'
import { Double, Empty, Enum, Int64, Required } from '../wire.js'
import { Assessment } from './assessments.js'

const BASE = '/api/3.0/mlflow/traces'
const BASE_2 = '/api/2.0/mlflow/traces'

export const TraceState = Enum({ STATE_UNSPECIFIED: 0, OK: 1, ERROR: 2, IN_PROGRESS: 3 })
export type TraceState = Static<typeof TraceState>

const StringMap = Type.Record(Type.String(), Type.String())

export const TraceLocation = Type.Object({
  type: Type.Optional(Enum({ TRACE_LOCATION_TYPE_UNSPECIFIED: 0, MLFLOW_EXPERIMENT: 1, INFERENCE_TABLE: 2 })),
  mlflow_experiment: Type.Optional(Type.Object({ experiment_id: Required() })),
})
export type TraceLocation = Static<typeof TraceLocation>

/** The id of a trace. Ids become names of artifact folders, so they must not be paths. */
const TraceId = () =>
  Type.String({
    minLength: 1,
    maxLength: 250,
    pattern: '^[A-Za-z0-9][\\w.\\-]*$',
    message: 'Trace ids may contain only letters, digits, underscores, dashes and periods.',
  })

/** A trace without its spans. */
export const TraceInfo = Type.Object({
  trace_id: TraceId(),
  client_request_id: Type.Optional(Type.String()),
  trace_location: TraceLocation,
  /** RFC 3339. */
  request_time: Type.Optional(Type.String()),
  /** Seconds such as `1.500s`; absent while the trace is running. */
  execution_duration: Type.Optional(Type.String()),
  state: Type.Optional(TraceState),
  /** The metadata, which cannot be changed, unlike tags. */
  trace_metadata: Type.Optional(StringMap),
  tags: Type.Optional(StringMap),
  assessments: Type.Optional(Type.Array(Assessment)),
  request_preview: Type.Optional(Type.String()),
  response_preview: Type.Optional(Type.String()),
})
export type TraceInfo = Static<typeof TraceInfo>

/** A span in OpenTelemetry's protobuf JSON: snake_case, ids in base64, times as numbers. */
export const TraceSpan = Type.Unsafe<object>({ type: 'object' })

export const Trace = Type.Object({ trace_info: TraceInfo, spans: Type.Optional(Type.Array(TraceSpan)) })
export type Trace = Static<typeof Trace>

const InfoAnswer = Type.Object({ trace: Type.Object({ trace_info: TraceInfo }) })
const ThisTrace = { trace_id: Required() }
const TraceIds = { trace_ids: Type.Array(Type.String()) }

export const StartTrace = operation({
  id: 'startTrace',
  method: 'POST',
  path: BASE,
  summary: 'Create a trace, usually after it has ended; its spans are sent over OTLP',
  right: {
    ...EDIT_EXPERIMENTS,
    by: ['trace.trace_info.trace_location.mlflow_experiment.experiment_id'],
    may: ['trace.trace_info.trace_id'],
  },
  input: InfoAnswer,
  output: InfoAnswer,
})

export const GetTraceInfo = operation({
  id: 'getTraceInfo',
  method: 'GET',
  path: `${BASE}/{trace_id}`,
  summary: 'Get a trace without its spans',
  right: READ_EXPERIMENTS,
  input: Type.Object(ThisTrace),
  output: InfoAnswer,
})

export const GetTrace = operation({
  id: 'getTrace',
  method: 'GET',
  path: `${BASE}/get`,
  summary: 'Get a trace with its spans; waits a moment for spans that have not arrived',
  right: READ_EXPERIMENTS,
  input: Type.Object({ ...ThisTrace, allow_partial: Type.Optional(Type.Boolean({ default: false })) }),
  output: Type.Object({ trace: Trace }),
})

export const BatchGetTraces = operation({
  id: 'batchGetTraces',
  method: 'GET',
  path: `${BASE}/batchGet`,
  summary: 'Get traces with their spans; traces with missing spans are omitted',
  right: READ_EXPERIMENTS,
  input: Type.Object(TraceIds),
  output: Type.Object({ traces: Type.Optional(Type.Array(Trace)) }),
})

export const BatchGetTraceInfos = operation({
  id: 'batchGetTraceInfos',
  method: 'POST',
  path: `${BASE}/batchGetInfos`,
  summary: 'Get traces without their spans',
  right: READ_EXPERIMENTS,
  input: Type.Object(TraceIds),
  output: Type.Object({ trace_infos: Type.Optional(Type.Array(TraceInfo)) }),
})

export const SearchTraces = operation({
  id: 'searchTraces',
  method: 'POST',
  path: `${BASE}/search`,
  summary: "Search traces in MLflow's filter language",
  right: { ...READ_EXPERIMENTS, by: ['locations[].mlflow_experiment.experiment_id'] },
  input: Type.Object({
    locations: Type.Array(TraceLocation),
    filter: Type.Optional(Type.String()),
    max_results: Type.Optional(Int64({ default: 100 })),
    order_by: Type.Optional(Type.Array(Type.String())),
    page_token: Type.Optional(Type.String()),
  }),
  output: Type.Object({
    traces: Type.Optional(Type.Array(TraceInfo)),
    next_page_token: Type.Optional(Type.String()),
  }),
})

const setTag = (id: string, base: string) =>
  operation({
    id,
    method: 'PATCH',
    path: `${base}/{trace_id}/tags`,
    summary: 'Set a tag of a trace',
    right: EDIT_EXPERIMENTS,
    input: Type.Object({ ...ThisTrace, key: Required(), value: Type.Optional(Type.String()) }),
    output: Empty,
  })
export const SetTraceTag = setTag('setTraceTag', BASE)
export const SetTraceTagV2 = setTag('setTraceTagV2', BASE_2)

const deleteTag = (id: string, base: string) =>
  operation({
    id,
    method: 'DELETE',
    path: `${base}/{trace_id}/tags`,
    summary: 'Delete a tag of a trace',
    right: EDIT_EXPERIMENTS,
    input: Type.Object({ ...ThisTrace, key: Required() }),
    output: Empty,
  })
export const DeleteTraceTag = deleteTag('deleteTraceTag', BASE)
export const DeleteTraceTagV2 = deleteTag('deleteTraceTagV2', BASE_2)

const deleteTraces = (id: string, base: string) =>
  operation({
    id,
    method: 'POST',
    path: `${base}/delete-traces`,
    summary: 'Delete traces by id, or the oldest traces of an experiment up to a time',
    right: EDIT_EXPERIMENTS,
    input: Type.Object({
      experiment_id: Required(),
      max_timestamp_millis: Type.Optional(Int64()),
      max_traces: Type.Optional(Int64()),
      request_ids: Type.Optional(Type.Array(Type.String())),
    }),
    output: Type.Object({ traces_deleted: Int64() }),
  })
export const DeleteTraces = deleteTraces('deleteTraces', BASE)
export const DeleteTracesV2 = deleteTraces('deleteTracesV2', BASE_2)

export const LinkTracesToRun = operation({
  id: 'linkTracesToRun',
  method: 'POST',
  path: `${BASE_2}/link-to-run`,
  summary: 'Link up to 100 traces that the caller reads to a run',
  right: { ...EDIT_EXPERIMENTS, by: ['run_id'] },
  input: Type.Object({ ...TraceIds, run_id: Required() }),
  output: Empty,
})

export const LinkPromptsToTrace = operation({
  id: 'linkPromptsToTrace',
  method: 'POST',
  path: `${BASE_2}/link-prompts`,
  summary: 'Link versions of prompts to a trace',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({
    ...ThisTrace,
    prompt_versions: Type.Array(Type.Object({ name: Required(), version: Required() })),
  }),
  output: Empty,
})

export const CalculateFilterCorrelation = operation({
  id: 'calculateTraceFilterCorrelation',
  method: 'POST',
  path: `${BASE}/calculate-filter-correlation`,
  summary: 'Compute how strongly two filters match the same traces: normalized pointwise mutual information',
  right: READ_EXPERIMENTS,
  input: Type.Object({
    experiment_ids: Type.Array(Type.String()),
    filter_string1: Required(),
    filter_string2: Required(),
    base_filter: Type.Optional(Type.String()),
  }),
  output: Type.Object({
    /** `NaN` if a filter matches nothing. */
    npmi: Type.Union([Double(), Type.Literal('NaN')]),
    npmi_smoothed: Type.Union([Double(), Type.Literal('NaN')]),
    filter1_count: Int64(),
    filter2_count: Int64(),
    joint_count: Int64(),
    total_count: Int64(),
  }),
})
