import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { queryKeys } from '../api/query-keys.js'
import {
  getSpan,
  getSpanArtifact,
  getTrace,
  listSpans,
  type SpanDetail,
  type SpanSummary,
} from '../api/traces.js'
import { pollWhileOffline } from '../app/query-client.js'
import { readArtifactSpan } from './artifact-spans.js'
import { buildTree } from './span-tree.js'

const POLL_MS = 2_000
const SPANS_TAG = 'mlflow.trace.spansLocation'

export const useTrace = (traceId: string) =>
  useQuery({
    queryKey: queryKeys.trace(traceId),
    queryFn: ({ signal }) => getTrace(traceId, signal),
    refetchInterval: (query) =>
      pollWhileOffline(query, (trace) => (trace?.state === 'IN_PROGRESS' ? POLL_MS : false)),
  })

export type TraceQuery = ReturnType<typeof useTrace>

interface LoadedSpans {
  readonly spans: readonly SpanSummary[]
  /** The contents, if the spans come from an artifact, which has all at once. */
  readonly details?: ReadonlyMap<string, SpanDetail>
}

/** The spans of a trace without contents, from the database or from the artifact of older clients. */
export function useSpans(trace: TraceQuery['data'], traceId: string) {
  const query = useQuery({
    queryKey: queryKeys.spans(traceId),
    queryFn: ({ signal }) =>
      trace?.tags?.[SPANS_TAG] === 'TRACKING_STORE'
        ? listSpans(traceId, signal).then((spans): LoadedSpans => ({ spans }))
        : readArtifact(traceId, signal),
    enabled: trace !== undefined,
    structuralSharing: false,
    refetchInterval: (query) =>
      pollWhileOffline(query, () => (trace?.state === 'IN_PROGRESS' ? POLL_MS : false)),
  })
  const tree = useMemo(() => buildTree(query.data?.spans ?? []), [query.data])
  return { ...query, tree }
}

export type Spans = ReturnType<typeof useSpans>

async function readArtifact(traceId: string, signal: AbortSignal): Promise<LoadedSpans> {
  const { spans = [] } = await getSpanArtifact(traceId, signal)
  const read = spans.map(readArtifactSpan)
  return {
    spans: read.map(({ summary }) => summary),
    details: new Map(read.map(({ detail }) => [detail.span_id, detail])),
  }
}

/** A span with its contents. */
export const useSpan = (traceId: string, spanId: string, details: LoadedSpans['details']) =>
  useQuery({
    queryKey: queryKeys.span(traceId, spanId),
    queryFn: ({ signal }) => details?.get(spanId) ?? getSpan(traceId, spanId, signal),
  })
