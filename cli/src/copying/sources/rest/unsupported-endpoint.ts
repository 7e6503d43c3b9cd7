import { ApiError } from '@cairn/platform/errors'

/** Servers before MLflow 3 have neither logged models nor traces as they are now. */
export function absent(error: unknown): undefined {
  if (error instanceof ApiError && (error.statusCode === 404 || error.statusCode === 405)) return undefined
  if (error instanceof ApiError && /answered 40[45]/.test(error.message)) return undefined
  throw error
}
