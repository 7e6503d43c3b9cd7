/** Error codes of MLflow, Unity Catalog and Databricks with their HTTP status. */
const HTTP_STATUS = {
  BAD_REQUEST: 400,
  INVALID_PARAMETER_VALUE: 400,
  INVALID_STATE: 400,
  RESOURCE_ALREADY_EXISTS: 400, // 400 as in MLflow, not 409; its clients depend on it
  CATALOG_ALREADY_EXISTS: 400,
  SCHEMA_ALREADY_EXISTS: 400,
  TABLE_ALREADY_EXISTS: 400,
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  FEATURE_DISABLED: 400,
  DIRECTORY_NOT_EMPTY: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ENDPOINT_NOT_FOUND: 404,
  RESOURCE_DOES_NOT_EXIST: 404,
  CATALOG_NOT_FOUND: 404,
  SCHEMA_NOT_FOUND: 404,
  TABLE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  RESOURCE_CONFLICT: 409,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RANGE_NOT_SATISFIABLE: 416,
  RESOURCE_EXHAUSTED: 429,
  REQUEST_LIMIT_EXCEEDED: 429,
  CANCELLED: 499,
  INTERNAL_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  TEMPORARILY_UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
  INSUFFICIENT_STORAGE: 507,
} as const

export type ErrorCode = keyof typeof HTTP_STATUS

/** The only kind of error that clients see. All other errors become INTERNAL_ERROR, with the cause in the log. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ErrorCode
  /** Structured facts such as the missing privilege, which clients get as `details`. */
  readonly details: Record<string, unknown> | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options?: ErrorOptions & { details?: Record<string, unknown> },
  ) {
    super(message, options)
    this.code = code
    this.details = options?.details
  }

  get statusCode(): number {
    return HTTP_STATUS[this.code]
  }

  toJSON() {
    return {
      error_code: this.code,
      message: shortened(this.message),
      ...(this.details && { details: [this.details] }),
    }
  }
}

const MAX_MESSAGE_LENGTH = 10_000

/** Shortens a message, which may repeat megabytes of a request. */
const shortened = (message: string) =>
  message.length > MAX_MESSAGE_LENGTH ? `${message.slice(0, MAX_MESSAGE_LENGTH)}…` : message

export const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(HTTP_STATUS, code)

export const invalid = (message: string, options?: ErrorOptions) =>
  new ApiError('INVALID_PARAMETER_VALUE', message, options)

/** Appends the sentence that MLflow adds to messages about parameters. */
export const seeApiDocs = (sentence: string) =>
  `${sentence} See the API docs for more information about request parameters.`
export const invalidParameter = (sentence: string) => invalid(seeApiDocs(sentence))
export const missingParameter = (name: string) =>
  invalidParameter(`Missing value for required parameter '${name}'.`)

export const missing = (message: string) => new ApiError('RESOURCE_DOES_NOT_EXIST', message)

/** Turns a 404 into undefined, for `catch`. @throws every other error */
export function unlessMissing(error: unknown): undefined {
  if (error instanceof ApiError && error.statusCode === 404) return undefined
  throw error
}

/** Returns the message of anything that was thrown. */
export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** Returns whether the same request may succeed later. */
export const isTemporary = (error: unknown) =>
  error instanceof ApiError && (error.statusCode >= 500 || error.statusCode === 429)
