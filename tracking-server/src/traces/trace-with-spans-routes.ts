import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { ApiError } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { asDownload, sendBlob } from '@cairn/platform/http/response/send-blob'
import { serializeWith } from '@cairn/platform/http/response/send-json'
import { BatchGetTraces, GetTrace } from '@cairn/platform/protocol/mlflow/traces'
import { READ_EXPERIMENTS } from '@cairn/platform/protocol/rights'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { TRACE_TAG } from '../entries/trace-entries.js'
import { omitIfEmpty } from '../protobuf-json.js'
import { dump, dumpCompact, type Value } from '../spans/value.js'
import { toOtlp, toSpanDocument } from '../spans/wire.js'
import type { TraceStore } from './store.js'
import { hasStoredSpans, type TracesWithSpans, type TraceWithSpans } from './trace-with-spans.js'

const SPANS_FILE = 'traces.json'

interface Options {
  readonly traces: TraceStore
  readonly withSpans: TracesWithSpans
  readonly locations: ArtifactLocations
}

/** The routes of traces with their spans, whose integers stay exact, also outside of the exact range of doubles. */
export const traceWithSpansRoutes: FastifyPluginAsync<Options> = async (
  app,
  { traces, withSpans, locations },
) => {
  serializeWith(app, (body) => dumpCompact(body as Value))
  handle(app, GetTrace, async ({ trace_id, allow_partial }) => ({
    trace: toTrace(await withSpans.get(trace_id, allow_partial)),
  }))
  handle(app, BatchGetTraces, async ({ trace_ids }) =>
    omitIfEmpty('traces', (await withSpans.list(trace_ids)).map(toTrace)),
  )

  async function sendArtifact(request: FastifyRequest, reply: FastifyReply) {
    const { request_id } = namesTrace(request)
    const { path } = request.query as Record<string, unknown>
    const info = await traces.get(request_id)
    const location = info.tags?.[TRACE_TAG.ARTIFACTS] ?? ''
    if (typeof path === 'string' && path !== '')
      return sendBlob(await locations.resolve(location, `attachments/${path}`), request, reply)
    if (!hasStoredSpans(info))
      return sendBlob(await locations.resolve(location, SPANS_FILE), request, reply).catch(noSpans)
    const { spans } = await withSpans.get(request_id, true)
    return asDownload(reply, SPANS_FILE)
      .type('application/octet-stream')
      .send(Buffer.from(dump({ spans: spans.map(toSpanDocument) })))
  }
  for (const version of ['2.0', '3.0'])
    app.get(
      `/ajax-api/${version}/mlflow/get-trace-artifact`,
      { config: { right: READ_EXPERIMENTS, names: namesTrace }, schema: { hide: true } },
      sendArtifact,
    )
}

function namesTrace({ query }: FastifyRequest) {
  const { request_id } = query as Record<string, unknown>
  if (typeof request_id !== 'string' || request_id === '')
    throw new ApiError('BAD_REQUEST', 'Request must include the "request_id" query parameter.')
  return { request_id }
}

/** Throws MLflow's error. */
function noSpans(error: unknown): never {
  if (!(error instanceof ApiError) || error.code !== 'RESOURCE_DOES_NOT_EXIST') throw error
  throw new ApiError('NOT_FOUND', `Trace data not found for path=${SPANS_FILE}`, { cause: error })
}

const toTrace = ({ info, spans }: TraceWithSpans) => ({ trace_info: info, spans: spans.map(toOtlp) })
