/** An error response of a server, or the reason why it could not be reached (`status` 0). */
export class CairnError extends Error {
  override readonly name = 'CairnError'
  /** MLflow's or Unity Catalog's `error_code`; the client itself adds e.g. `NETWORK_ERROR` and `DEADLINE_EXCEEDED`. */
  readonly code: string
  /** HTTP status, 0 without a response. */
  readonly status: number
  /** Structured details from the server, e.g. the missing privilege. */
  readonly details: readonly unknown[]

  constructor(
    code: string,
    message: string,
    status: number,
    options: ErrorOptions & { details?: readonly unknown[] } = {},
  ) {
    super(message, options)
    this.code = code
    this.status = status
    this.details = options.details ?? []
  }
}

/** For `.catch`: maps 404 to undefined. @throws every other error */
export function undefinedIfNotFound(error: unknown): undefined {
  if (error instanceof CairnError && error.status === 404) return undefined
  throw error
}

/** MLflow responds with 400, Databricks with 409, so the error code decides. */
export const isConflict = (error: unknown): boolean =>
  error instanceof CairnError && /^(RESOURCE_)?(ALREADY_EXISTS|CONFLICT)$|_ALREADY_EXISTS$/.test(error.code)

/** Returns whether the call may succeed later or with other credentials: unreachable, server error, 401, 403 or 429. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof CairnError &&
  (error.status === 0 || error.status >= 500 || [401, 403, 429].includes(error.status))

/** Converts a response other than 2xx; a body that is not JSON (a proxy's HTML page) becomes a short message. */
export async function toCairnError(response: Response): Promise<CairnError> {
  const text = await response.text().catch(() => '')
  const body = parseObject(text)
  const code = typeof body.error_code === 'string' ? body.error_code : `HTTP_${response.status}`
  const message = typeof body.message === 'string' ? body.message : shorten(text) || response.statusText
  const details = Array.isArray(body.details) ? body.details : []
  return new CairnError(code, message, response.status, { details })
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

const shorten = (text: string) =>
  text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300)
