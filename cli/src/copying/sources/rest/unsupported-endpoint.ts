import { ApiError } from '@cairn/platform/errors'

/** Servers before MLflow 3 lack the endpoints of logged models and of today's traces. */
export function undefinedIfUnsupported(error: unknown): undefined {
  if (error instanceof ApiError && (error.statusCode === 404 || error.statusCode === 405)) return undefined
  if (error instanceof ApiError && / 40[45]\b/.test(error.message)) return undefined
  throw error
}
