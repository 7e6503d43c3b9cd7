import { ApiError } from '@cairn/platform/errors'
import { EDIT_EXPERIMENTS } from '@cairn/platform/protocol/rights'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { toTraceBatches } from '../spans/trace-batch.js'
import { parse } from '../spans/value.js'
import type { SpanLog } from '../traces/span-log.js'
import { addAgentName } from './agents.js'
import { inflate } from './inflate.js'
import { readTraceRequest } from './protobuf.js'
import { readSpans, type SpanGroup, UnusableSpan } from './spans.js'
import { translate } from './translate.js'

const PROTOBUF = 'application/x-protobuf'
const JSON_TYPE = 'application/json'
const MAX_BODY_BYTES = 64 * 1024 * 1024

/** OTLP over HTTP. Errors have FastAPI's format, as in MLflow. */
export const otlpRoutes: FastifyPluginAsync<{ spans: SpanLog }> = async (app, { spans }) => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) =>
    done(null, body),
  )
  const options = {
    config: { right: EDIT_EXPERIMENTS, names: namesTarget },
    schema: { hide: true },
    bodyLimit: MAX_BODY_BYTES,
  }
  app.post('/v1/traces', options, async (request, reply) => {
    const experiment = request.headers['x-mlflow-experiment-id']
    if (typeof experiment !== 'string') return refuse(reply, 422, [MISSING_EXPERIMENT])
    const type = request.headers['content-type']
    const media = /^[^;]*/.exec(type ?? '')?.[0].trim() ?? ''
    if (media !== PROTOBUF && media !== JSON_TYPE)
      return refuse(
        reply,
        400,
        `Invalid Content-Type: ${type ?? 'None'}. Expected: ${PROTOBUF} or ${JSON_TYPE}`,
      )
    const read = await readBody(request, media)
    if ('refusal' in read) return refuse(reply, read.status, read.refusal)
    const run = request.headers['x-mlflow-run-id']
    const batches = toTraceBatches(read.groups)
    const trace_ids = batches.map(({ trace_id }) => trace_id)
    await request.admitNames({ trace_ids }, { mayBeAbsent: true })
    await spans.log(experiment, batches, typeof run === 'string' ? run : undefined)
    return reply.type(PROTOBUF).send(Buffer.alloc(0))
  })
}

/** Malformed names are left to the handler. */
const namesTarget = ({ headers }: FastifyRequest) => ({
  experiment_id: [headers['x-mlflow-experiment-id'] ?? ''].flat()[0]!,
  run_id: [headers['x-mlflow-run-id'] ?? ''].flat()[0]!,
})

const MISSING_EXPERIMENT = {
  type: 'missing',
  loc: ['header', 'x-mlflow-experiment-id'],
  msg: 'Field required',
  input: null,
}

const refuse = (reply: FastifyReply, status: number, detail: unknown) => reply.code(status).send({ detail })

type ParsedBody =
  | { readonly groups: readonly SpanGroup[] }
  | { readonly status: number; readonly refusal: string }

async function readBody(request: FastifyRequest, media: string): Promise<ParsedBody> {
  const format = 'Invalid OpenTelemetry format'
  try {
    const encoding = request.headers['content-encoding']?.toLowerCase()
    const bytes = await inflate((request.body as Buffer | undefined) ?? Buffer.alloc(0), encoding)
    const message = media === JSON_TYPE ? parse(bytes.toString('utf8')) : readTraceRequest(bytes)
    const groups = readSpans(message)
      .map(addAgentName)
      .map((group) => ({ ...group, spans: group.spans.map(translate) }))
    if (groups.length === 0) return { status: 400, refusal: `${format} - no spans found` }
    return { groups }
  } catch (error) {
    if (error instanceof ApiError) {
      if (error.statusCode !== 400) throw error
      return { status: 400, refusal: error.message }
    }
    if (error instanceof UnusableSpan)
      return { status: 422, refusal: `Cannot convert OpenTelemetry span to MLflow span: ${error.message}` }
    return { status: 400, refusal: format }
  }
}
