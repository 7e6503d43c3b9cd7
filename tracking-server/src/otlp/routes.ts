import type { IncomingMessage } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { receiveBytes } from '@cairn/platform/http/body/receive-bytes'
import { EDIT_EXPERIMENTS } from '@cairn/platform/protocol/rights'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { TraceBatch } from '../spans/trace-batch.js'
import type { SpanLog } from '../traces/span-log.js'
import { partialSuccess } from './partial-success.js'
import { type ReadSpans, SpanReader } from './span-reader.js'

const PROTOBUF = 'application/x-protobuf'
const JSON_TYPE = 'application/json'
const MAX_BODY_BYTES = 64 * 1024 * 1024

/** OTLP over HTTP. Errors have FastAPI's format, as in MLflow. */
export const otlpRoutes: FastifyPluginAsync<{ spans: SpanLog }> = async (app, { spans }) => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    '*',
    async (request: FastifyRequest, payload: IncomingMessage) => (await receiveBytes(request, payload)).bytes,
  )
  const reader = new SpanReader((error) => app.log.error(error, 'the thread that reads spans has ended'))
  app.addHook('onClose', () => reader.close())
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
    const isJson = media === JSON_TYPE
    const bytes = (request.body as Buffer | undefined) ?? Buffer.alloc(0)
    const encoding = request.headers['content-encoding']?.toLowerCase()
    const read = await reader.read({ bytes, isJson, encoding })
    if ('refusal' in read) return refuse(reply, read.status, read.refusal)
    const run = request.headers['x-mlflow-run-id']
    await store(read, async (batches) => {
      const trace_ids = batches.map(({ trace_id }) => trace_id)
      await request.admitNames({ trace_ids }, { mayBeAbsent: true })
      await spans.log(experiment, batches, typeof run === 'string' ? run : undefined)
    })
    if (read.rejected === 0) return reply.type(PROTOBUF).send(Buffer.alloc(0))
    return reply.type(media).send(partialSuccess(read.rejected, isJson))
  })
}

/** Returns the experiment and run of a request. The handler rejects malformed names. */
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

/** Stores each slice in its own transaction. Clients repeat failed requests, and storing spans is idempotent. */
async function store({ slices }: ReadSpans, log: (batches: readonly TraceBatch[]) => Promise<void>) {
  for (const batches of slices) {
    await log(batches)
    await setImmediate()
  }
}
