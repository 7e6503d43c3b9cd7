import { ApiError, type ErrorCode } from '@cairn/platform/errors'
import { CommanderError } from 'commander'

/** Exit codes for scripts: 1 failure, 2 usage, 3 not found, 4 not allowed, 5 conflict, 7 unreachable. */
const EXIT_CODES: Partial<Record<ErrorCode, number>> = {
  INVALID_PARAMETER_VALUE: 2,
  BAD_REQUEST: 2,
  RESOURCE_DOES_NOT_EXIST: 3,
  NOT_FOUND: 3,
  ENDPOINT_NOT_FOUND: 3,
  UNAUTHENTICATED: 4,
  PERMISSION_DENIED: 4,
  RESOURCE_ALREADY_EXISTS: 5,
  RESOURCE_CONFLICT: 5,
  ALREADY_EXISTS: 5,
  TEMPORARILY_UNAVAILABLE: 7,
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  return error instanceof ApiError ? (EXIT_CODES[error.code] ?? 1) : 1
}
