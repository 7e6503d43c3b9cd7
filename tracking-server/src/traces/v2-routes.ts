import { handle } from '@cairn/platform/http/handle'
import type { TraceInfo } from '@cairn/platform/protocol/mlflow/traces'
import {
  EndTraceV2,
  GetTraceInfoV2,
  SearchTracesV2,
  StartTraceV2,
  type TraceInfoV2,
} from '@cairn/platform/protocol/mlflow/traces-v2'
import type { FastifyPluginAsync } from 'fastify'
import { omitIfEmpty } from '../protobuf-json.js'
import { readDuration, readTime } from '../protobuf-time.js'
import type { TraceSearch } from './search/trace-search.js'
import type { TraceStore } from './store.js'

interface Options {
  readonly traces: TraceStore
  readonly search: TraceSearch
}

/** The routes of the trace API for clients before MLflow 3. */
export const traceRoutesV2: FastifyPluginAsync<Options> = async (app, { traces, search }) => {
  handle(
    app,
    StartTraceV2,
    async ({ experiment_id, timestamp_ms = 0, request_metadata = [], tags = [] }) => ({
      trace_info: toV2(await traces.begin(experiment_id, timestamp_ms, request_metadata, tags)),
    }),
  )
  handle(
    app,
    EndTraceV2,
    async ({ request_id, timestamp_ms = 0, status, request_metadata = [], tags = [] }) => {
      const state =
        status === undefined || status === 'TRACE_STATUS_UNSPECIFIED' ? 'STATE_UNSPECIFIED' : status
      return { trace_info: toV2(await traces.end(request_id, timestamp_ms, state, request_metadata, tags)) }
    },
  )
  handle(app, GetTraceInfoV2, async ({ request_id }) => ({ trace_info: toV2(await traces.get(request_id)) }))
  handle(app, SearchTracesV2, async ({ experiment_ids, ...query }) => {
    const { traces: found, next } = await search.page({ ...query, experiments: experiment_ids })
    return { ...omitIfEmpty('traces', found.map(toV2)), ...(next && { next_page_token: next }) }
  })
}

const toV2 = (info: TraceInfo): TraceInfoV2 => ({
  request_id: info.trace_id,
  experiment_id: info.trace_location.mlflow_experiment!.experiment_id,
  timestamp_ms: readTime(info.request_time!, 'request_time'),
  execution_time_ms: info.execution_duration
    ? readDuration(info.execution_duration, 'execution_duration')
    : 0,
  status: !info.state || info.state === 'STATE_UNSPECIFIED' ? 'TRACE_STATUS_UNSPECIFIED' : info.state,
  ...entries('request_metadata', info.trace_metadata),
  ...entries('tags', info.tags),
})

const entries = (name: 'request_metadata' | 'tags', map: Readonly<Record<string, string>> | undefined) =>
  map && { [name]: Object.entries(map).map(([key, value]) => ({ key, value })) }
