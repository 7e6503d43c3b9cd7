import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { ApiError } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { asDownload, sendBlob } from '@cairn/platform/http/send-blob'
import { writeJson } from '@cairn/platform/http/send-json'
import { READ_EXPERIMENTS } from '@cairn/platform/protocol/rights'
import { BatchGetTraces, GetTrace } from '@cairn/platform/protocol/traces'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { compact, dump, type Value } from '../spans/value.js'
import { toDocument, toOtlp } from '../spans/wire.js'
import { unlessEmpty } from '../unless-empty.js'
import { TAG } from './entries.js'
import type { TraceStore } from './store.js'
import { areHere, type WholeTrace, type WholeTraces } from './whole.js'

const SPANS_FILE = 'traces.json'

interface Options {
  readonly traces: TraceStore
  readonly whole: WholeTraces
  readonly locations: ArtifactLocations
}

/** Answers that hold spans: their whole numbers are written as they are, beyond what a double holds. */
export const wholeTraceRoutes: FastifyPluginAsync<Options> = async (app, { traces, whole, locations }) => {
  writeJson(app, (answer) => compact(answer as Value))
  handle(app, GetTrace, async ({ trace_id, allow_partial }) => ({
    trace: toTrace(await whole.get(trace_id, allow_partial)),
  }))
  handle(app, BatchGetTraces, async ({ trace_ids }) =>
    unlessEmpty('traces', (await whole.list(trace_ids)).map(toTrace)),
  )

  async function sendArtifact(request: FastifyRequest, reply: FastifyReply) {
    const { request_id, path } = request.query as Record<string, unknown>
    if (typeof request_id !== 'string' || request_id === '')
      throw new ApiError('BAD_REQUEST', 'Request must include the "request_id" query parameter.')
    const info = await traces.get(request_id)
    const location = info.tags?.[TAG.ARTIFACTS] ?? ''
    if (typeof path === 'string' && path !== '')
      return sendBlob(await locations.resolve(location, `attachments/${path}`), request, reply)
    if (!areHere(info))
      return sendBlob(await locations.resolve(location, SPANS_FILE), request, reply).catch(noSpans)
    const { spans } = await whole.get(request_id, true)
    return asDownload(reply, SPANS_FILE)
      .type('application/octet-stream')
      .send(Buffer.from(dump({ spans: spans.map(toDocument) })))
  }
  for (const version of ['2.0', '3.0'])
    app.get(
      `/ajax-api/${version}/mlflow/get-trace-artifact`,
      { config: { right: READ_EXPERIMENTS }, schema: { hide: true } },
      sendArtifact,
    )
}

/** In MLflow's words. */
function noSpans(error: unknown): never {
  if (!(error instanceof ApiError) || error.code !== 'RESOURCE_DOES_NOT_EXIST') throw error
  throw new ApiError('NOT_FOUND', `Trace data not found for path=${SPANS_FILE}`, { cause: error })
}

const toTrace = ({ info, spans }: WholeTrace) => ({ trace_info: info, spans: spans.map(toOtlp) })
