import { handle } from '@cairn/platform/http/handle'
import type { Operation } from '@cairn/platform/protocol/operation'
import type { FastifyInstance } from 'fastify'

/** Serves an operation of Databricks' Jobs API as 2.2, and as 2.1 for older clients: the shapes are the same. */
export function serveJobsApi<O extends Operation>(
  app: FastifyInstance,
  op: O,
  handler: Parameters<typeof handle<O>>[2],
) {
  handle(app, op, handler)
  if (op.path.startsWith('/api/2.2/'))
    handle(app, { ...op, id: `${op.id}21`, path: op.path.replace('/api/2.2/', '/api/2.1/') }, handler)
}
