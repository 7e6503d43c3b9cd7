import type { FastifyInstance } from 'fastify'
import { newId } from '../../mlflow/new-id.js'

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/

/** Continues the caller's W3C trace or starts one, and adds it to log lines and to the response. */
export function traceContext(app: FastifyInstance) {
  app.addHook('onRequest', (request, reply, done) => {
    const parentTraceId = TRACEPARENT.exec(String(request.headers.traceparent ?? ''))?.[1]
    const traceId = parentTraceId ?? newId()
    request.traceparent = `00-${traceId}-${newId().slice(0, 16)}-01`
    if (parentTraceId) request.log = request.log.child({ trace_id: traceId })
    void reply.header('traceparent', request.traceparent)
    done()
  })
  app.decorateRequest('traceparent', '')
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The header for calls to other services. */
    traceparent: string
  }
}
