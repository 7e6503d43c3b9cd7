import type { GetSpan, ListSpans, SpanDetail, SpanSummary } from '@cairn/platform/protocol/cairn/trace-spans'
import type {
  Assessment,
  CreateAssessment,
  DeleteAssessment,
} from '@cairn/platform/protocol/mlflow/assessments'
import type { MetricDataPoint, QueryTraceMetrics } from '@cairn/platform/protocol/mlflow/trace-metrics'
import type {
  BatchGetTraceInfos,
  CalculateFilterCorrelation,
  DeleteTraces,
  DeleteTraceTag,
  GetTraceInfo,
  SearchTraces,
  SetTraceTag,
  TraceInfo,
} from '@cairn/platform/protocol/mlflow/traces'
import type { Input } from '@cairn/platform/protocol/operation'
import { call, queryString } from './call.js'
import { send } from './http.js'

export type { Assessment, MetricDataPoint, SpanDetail, SpanSummary, TraceInfo }

export interface TracePage {
  readonly traces: readonly TraceInfo[]
  readonly next: string | undefined
}

export interface TraceSearch {
  readonly experimentIds: readonly string[]
  readonly filter?: string | undefined
  readonly orderBy?: string | undefined
  readonly pageToken?: string | undefined
  readonly maxResults?: number
}

/** Newest first unless ordered otherwise. */
export async function searchTraces(search: TraceSearch, signal?: AbortSignal): Promise<TracePage> {
  const { experimentIds, filter, orderBy, pageToken, maxResults = 100 } = search
  const { traces = [], next_page_token } = await call<typeof SearchTraces>(
    'POST /api/3.0/mlflow/traces/search',
    {
      locations: experimentIds.map((experiment_id) => ({
        type: 'MLFLOW_EXPERIMENT' as const,
        mlflow_experiment: { experiment_id },
      })),
      max_results: maxResults,
      ...(filter && { filter }),
      ...(orderBy && { order_by: [orderBy] }),
      ...(pageToken && { page_token: pageToken }),
    },
    signal,
  )
  return { traces, next: next_page_token }
}

export interface TraceCounts {
  readonly total: number
  readonly errors: number
}

/** Exact numbers of traces that match a filter, and of those among them that failed. */
export async function countTraces(
  experimentId: string,
  filter: string,
  signal?: AbortSignal,
): Promise<TraceCounts> {
  const counts = await call<typeof CalculateFilterCorrelation>(
    'POST /api/3.0/mlflow/traces/calculate-filter-correlation',
    {
      experiment_ids: [experimentId],
      filter_string1: "attributes.status = 'ERROR'",
      filter_string2: "attributes.status = 'OK'",
      ...(filter && { base_filter: filter }),
    },
    signal,
  )
  return { total: counts.total_count, errors: counts.filter1_count }
}

export const getTrace = async (trace_id: string, signal?: AbortSignal) =>
  (await call<typeof GetTraceInfo>('GET /api/3.0/mlflow/traces/{trace_id}', { trace_id }, signal)).trace
    .trace_info

/** Returns the traces with these ids that exist. */
export const batchGetTraces = async (trace_ids: string[], signal?: AbortSignal) =>
  (await call<typeof BatchGetTraceInfos>('POST /api/3.0/mlflow/traces/batchGetInfos', { trace_ids }, signal))
    .trace_infos ?? []

/** All spans of a trace without their contents. */
export async function listSpans(trace_id: string, signal?: AbortSignal): Promise<SpanSummary[]> {
  const spans: SpanSummary[] = []
  let page_token: string | undefined
  do {
    const page = await call<typeof ListSpans>(
      'GET /api/cairn/v1/traces/{trace_id}/spans',
      { trace_id, ...(page_token && { page_token }) },
      signal,
    )
    for (const span of page.spans) spans.push(span)
    page_token = page.next_page_token
  } while (page_token)
  return spans
}

export const getSpan = async (trace_id: string, span_id: string, signal?: AbortSignal) =>
  (
    await call<typeof GetSpan>(
      'GET /api/cairn/v1/traces/{trace_id}/spans/{span_id}',
      { trace_id, span_id },
      signal,
    )
  ).span

/** The spans that older clients keep in an artifact of the trace, in the format of `traces.json`. */
export const getSpanArtifact = async (request_id: string, signal?: AbortSignal) =>
  (await (
    await send(
      `ajax-api/3.0/mlflow/get-trace-artifact${queryString({ request_id })}`,
      signal ? { signal } : {},
    )
  ).json()) as { readonly spans?: readonly Record<string, unknown>[] }

export const setTraceTag = (trace_id: string, key: string, value: string) =>
  call<typeof SetTraceTag>('PATCH /api/3.0/mlflow/traces/{trace_id}/tags', { trace_id, key, value })

export const deleteTraceTag = (trace_id: string, key: string) =>
  call<typeof DeleteTraceTag>('DELETE /api/3.0/mlflow/traces/{trace_id}/tags', { trace_id, key })

export const deleteTraces = (experiment_id: string, request_ids: string[]) =>
  call<typeof DeleteTraces>('POST /api/3.0/mlflow/traces/delete-traces', { experiment_id, request_ids })

export const createAssessment = (trace_id: string, assessment: Assessment) =>
  call<typeof CreateAssessment>('POST /api/3.0/mlflow/traces/{trace_id}/assessments', {
    trace_id,
    assessment,
  })

export const deleteAssessment = (trace_id: string, assessment_id: string) =>
  call<typeof DeleteAssessment>('DELETE /api/3.0/mlflow/traces/{trace_id}/assessments/{assessment_id}', {
    trace_id,
    assessment_id,
  })

export const queryTraceMetrics = async (query: Input<typeof QueryTraceMetrics>, signal?: AbortSignal) =>
  (await call<typeof QueryTraceMetrics>('POST /api/3.0/mlflow/traces/metrics', query, signal)).data_points ??
  []

const MAX_COUNTED = 100

/** The number of traces of a run, up to 100, and whether there are more. */
export async function countTracesOfRun(experiment_id: string, run_id: string, signal?: AbortSignal) {
  const page = await call<typeof SearchTraces>(
    'POST /api/3.0/mlflow/traces/search',
    {
      locations: [{ type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id } }],
      filter: `run_id = '${run_id}'`,
      max_results: MAX_COUNTED,
    },
    signal,
  )
  return { count: page.traces?.length ?? 0, more: Boolean(page.next_page_token) }
}
