import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasCode } from '../../db/dialect.js'
import { exceedsEngineLimits } from '../../db/limits.js'
import { isUnstorable, toOutage } from '../../db/postgres-failures.js'
import { ApiError, type ErrorCode, invalid } from '../../errors.js'
import { drain } from '../body/drain.js'

/** Renders errors from before routing, such as that of a URL that cannot be decoded. */
export function renderRoutingError(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const known = toApiError(error)
  void reply.code(known.statusCode).type('application/json; charset=utf-8').send(known.toJSON())
}

/**
 * Renders known errors, and logs all others and hides their cause. Errors of clients have no request id in the body, because
 * MLflow's clients compare the whole body. A header of every response has it.
 *
 * @param toBody renders the body of a protocol other than MLflow's
 */
export function renderErrors(
  app: FastifyInstance,
  toBody: (error: ApiError) => object = (error) => error.toJSON(),
) {
  app.setErrorHandler<FastifyError | ApiError | Error>(async (error, request, reply) => {
    const known = toApiError(error)
    request.failure = known
    if (known.code === 'INTERNAL_ERROR') request.log.error({ err: error }, 'request failed')
    if ((known.statusCode === 429 || known.statusCode === 503) && !reply.hasHeader('retry-after'))
      void reply.header('retry-after', String(known.details?.retry_after_seconds ?? 1))
    if (known.code === 'PAYLOAD_TOO_LARGE') await drain(request.raw)
    return reply
      .code(known.statusCode)
      .type('application/json; charset=utf-8')
      .send(known.statusCode < 500 ? toBody(known) : { ...toBody(known), request_id: request.id })
  })
}

const FASTIFY_CODES: Record<number, ErrorCode> = {
  400: 'INVALID_PARAMETER_VALUE',
  403: 'PERMISSION_DENIED',
  404: 'ENDPOINT_NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  412: 'PRECONDITION_FAILED',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'INVALID_PARAMETER_VALUE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  416: 'RANGE_NOT_SATISFIABLE',
  431: 'INVALID_PARAMETER_VALUE',
  503: 'TEMPORARILY_UNAVAILABLE',
}

function toApiError(error: FastifyError | ApiError | Error): ApiError {
  if (error instanceof ApiError) return error
  const outage = toOutage(error)
  if (outage) return outage
  if (isUnstorable(error))
    return invalid('A value cannot be stored: a number is too large, or text is not valid Unicode.', {
      cause: error,
    })
  if (exceedsEngineLimits(error))
    return invalid(
      'The request has more conditions or values than one query can take: split it into several requests.',
      {
        cause: error,
      },
    )
  if (hasCode(error, '2201B'))
    return invalid(`Invalid regular expression: ${error.message}.`, { cause: error })
  const status = 'statusCode' in error ? error.statusCode : undefined
  const code = status === undefined ? undefined : FASTIFY_CODES[status]
  if (code) return new ApiError(code, error.message, { cause: error })
  return new ApiError(
    'INTERNAL_ERROR',
    'Something went wrong inside the server; its log has the cause under this request id.',
    { cause: error },
  )
}
