import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { EDIT_EXPERIMENTS, READ_EXPERIMENTS } from '../rights.js'
import { Enum, Int64, KeyValue, Required } from '../wire.js'
import { Tag } from './experiments.js'

const BASE = '/api/2.0/mlflow/traces'

export const TraceStatus = Enum({ TRACE_STATUS_UNSPECIFIED: 0, OK: 1, ERROR: 2, IN_PROGRESS: 3 })
export type TraceStatus = Static<typeof TraceStatus>

/** A trace in the format of clients before MLflow 3. */
export const TraceInfoV2 = Type.Object({
  request_id: Type.String(),
  experiment_id: Type.String(),
  timestamp_ms: Int64(),
  /** The duration; 0 while the trace is running. */
  execution_time_ms: Int64(),
  status: TraceStatus,
  request_metadata: Type.Optional(Type.Array(Tag)),
  tags: Type.Optional(Type.Array(Tag)),
})
export type TraceInfoV2 = Static<typeof TraceInfoV2>

const InfoAnswer = Type.Object({ trace_info: TraceInfoV2 })
const Entries = {
  request_metadata: Type.Optional(Type.Array(KeyValue)),
  tags: Type.Optional(Type.Array(KeyValue)),
}

export const StartTraceV2 = operation({
  id: 'startTraceV2',
  method: 'POST',
  path: BASE,
  summary: 'Start a trace, for clients before MLflow 3',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ experiment_id: Required(), timestamp_ms: Type.Optional(Int64()), ...Entries }),
  output: InfoAnswer,
})

export const EndTraceV2 = operation({
  id: 'endTraceV2',
  method: 'PATCH',
  path: `${BASE}/{request_id}`,
  summary: 'End a trace, for clients before MLflow 3',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({
    request_id: Required(),
    timestamp_ms: Type.Optional(Int64()),
    status: Type.Optional(TraceStatus),
    ...Entries,
  }),
  output: InfoAnswer,
})

export const GetTraceInfoV2 = operation({
  id: 'getTraceInfoV2',
  method: 'GET',
  path: `${BASE}/{request_id}/info`,
  summary: 'Get a trace, for clients before MLflow 3',
  right: READ_EXPERIMENTS,
  input: Type.Object({ request_id: Required() }),
  output: InfoAnswer,
})

export const SearchTracesV2 = operation({
  id: 'searchTracesV2',
  method: 'GET',
  path: BASE,
  summary: 'Search traces, for clients before MLflow 3',
  right: READ_EXPERIMENTS,
  input: Type.Object({
    experiment_ids: Type.Array(Type.String()),
    filter: Type.Optional(Type.String()),
    max_results: Type.Optional(Int64({ default: 100 })),
    order_by: Type.Optional(Type.Array(Type.String())),
    page_token: Type.Optional(Type.String()),
  }),
  output: Type.Object({
    traces: Type.Optional(Type.Array(TraceInfoV2)),
    next_page_token: Type.Optional(Type.String()),
  }),
})
