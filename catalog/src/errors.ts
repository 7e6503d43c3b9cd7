import { ApiError } from '@cairn/platform/errors'
import type { FastifyInstance } from 'fastify'

/** Unity Catalog's error body: `details` is a google.rpc.ErrorInfo with the error's own details added. */
export function unityErrors(app: FastifyInstance) {
  app.setErrorHandler((error) => {
    if (!(error instanceof ApiError)) throw error
    const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: error.code, domain: 'cairn' }
    throw new ApiError(error.code, error.message, { cause: error, details: { ...info, ...error.details } })
  })
}
