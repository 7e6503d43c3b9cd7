import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { ApiError, invalid } from '../errors.js'
import { listFields } from '../protocol/normalize.js'
import { type Input, type Operation, type Output, pathParameters, takesBody } from '../protocol/operation.js'
import { compileInputParser } from '../protocol/validate.js'
import { sourceTextOf, withNumbersAsWritten } from './body/json.js'
import { OffloadedBody, type OffloadHandler } from './body/offloaded-body.js'
import { withQuery } from './body/read-json.js'
import type { JsonChunks } from './response/json-chunks.js'

type Handler<O extends Operation> = (
  input: Input<O>,
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<Output<O> | JsonChunks>

/**
 * Registers the route of an operation: parses its input, checks its right, returns its output.
 *
 * @param offload handles large bodies without parsing them on this thread
 */
export function handle<O extends Operation>(
  app: FastifyInstance,
  op: O,
  handler: Handler<O>,
  offload?: OffloadHandler<Output<O>>,
) {
  const parse = compileInputParser<Input<O>>(op.input)
  const read = inputReader(op)
  const inputOf = (request: FastifyRequest) => {
    try {
      return parse(read(request))
    } catch (error) {
      throw withNumbersAsWritten(error, sourceTextOf(request.body))
    }
  }
  const onObjects = isOnObjects(op.right)
  app.checkAdmission(op)
  const route = {
    method: op.method as HTTPMethods,
    config: { ...accessOf(op), operation: op.id, ...(offload && { offload }) },
    handler: async (request: FastifyRequest, reply: FastifyReply) => {
      const { body, query } = request
      const admit = <In>(input: In) => (onObjects ? request.admit(op, input) : input)
      const output =
        offload && body instanceof OffloadedBody
          ? await offload.handle(body.bytes, query, admit)
          : await handler(await admit(inputOf(request)), request, reply)
      requireDecision(op, request)
      return output
    },
  }
  const url = routePath(op)
  app.route({ ...route, url, schema: documentation(op) })
  const ajaxUrl = ajaxPath(url)
  if (ajaxUrl) app.route({ ...route, url: ajaxUrl, schema: { hide: true } })
}

/** Returns the access that a route declares. */
export const accessOf = ({ right, scope }: Operation) => ({ right, ...(scope !== undefined && { scope }) })

/** Returns the path in Fastify's syntax, in which a doubled colon is a colon. */
export const routePath = (op: Operation) => op.path.replaceAll(':', '::').replaceAll(/\{(\w+)\}/g, ':$1')

/** Returns the second path under which MLflow serves an endpoint, which its browser UI calls. */
export const ajaxPath = (url: string) =>
  /^\/api\/[23]\.0\/mlflow/.test(url) ? url.replace('/api/', '/ajax-api/') : undefined

function inputReader(op: Operation) {
  const lists = listFields(op.input)
  const names = pathParameters(op.path)
  return (request: FastifyRequest): unknown => {
    const path = names.length > 0 ? (request.params as object) : {}
    // Copied, because some handlers check whether the body itself contains a path parameter.
    if (takesBody(op)) return names.length > 0 ? { ...bodyOf(request), ...path } : bodyOf(request)
    const query: Record<string, unknown> = { ...(request.query as object) }
    for (const name of lists)
      if (query[name] !== undefined && !Array.isArray(query[name])) query[name] = [query[name]]
    return { ...query, ...path }
  }
}

function bodyOf(request: FastifyRequest): object {
  const { body } = request
  const type = request.headers['content-type']
  if (body === undefined || body === null) {
    if (request.method === 'DELETE' || !hasBody(request)) return { ...(request.query as object) }
  }
  if (!type) throw invalid('Bad Request. Content-Type header is missing.')
  // A plugin may parse other types of its routes itself.
  const isParsed = body !== undefined && body !== null && !(body instanceof Readable)
  if (!isParsed && (!type.toLowerCase().includes('json') || body instanceof Readable))
    throw invalid("Bad Request. Content-Type must be one of ['application/json'].")
  return withQuery(body, request.query as object)
}

const hasBody = (request: FastifyRequest) =>
  Number(request.headers['content-length'] ?? 0) > 0 || request.headers['transfer-encoding'] !== undefined

const isOnObjects = (right: Operation['right']) => typeof right === 'object' && right.on !== 'metastore'

/** Requires an access decision, so that no response about a securable leaves the server without one. */
export function requireDecision(op: Operation, request: FastifyRequest) {
  if (isOnObjects(op.right) && !request.decided)
    throw new ApiError('INTERNAL_ERROR', `${op.id} answered without a decision.`)
}

function scopeSentence(scope: string | undefined) {
  if (scope === undefined) return ''
  if (scope === 'none') return ' Tokens with scopes are refused.'
  return scope === 'any'
    ? ' Tokens with any scope are admitted.'
    : ` Tokens with the scope ${scope} are admitted.`
}

export function documentation(op: Operation) {
  const tags = [op.path.split('/')[op.path.startsWith('/api/') ? 4 : 1] ?? 'server']
  const input = takesBody(op) ? { body: op.input } : { querystring: op.input }
  const right = typeof op.right === 'string' ? op.right : `${op.right.privilege} on the ${op.right.on}`
  return {
    operationId: op.id,
    summary: op.summary,
    description: `Right needed: ${right}.${scopeSentence(op.scope)}`,
    tags,
    ...input,
    response: { 200: op.output },
  }
}
