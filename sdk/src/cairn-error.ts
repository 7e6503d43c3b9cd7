/** What a server refused, or why it could not be reached (`status` 0). */
export class CairnError extends Error {
  override readonly name = 'CairnError'
  /** MLflow's or Unity Catalog's `error_code`; `NETWORK_ERROR` and `DEADLINE_EXCEEDED` are the client's own. */
  readonly code: string
  /** HTTP status, 0 when there was no answer. */
  readonly status: number
  /** Facts beside the sentence, e.g. the missing privilege, where the server sends them. */
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

/** To catch with: what is not there is undefined. @throws every other error */
export function unlessMissing(error: unknown): undefined {
  if (error instanceof CairnError && error.status === 404) return undefined
  throw error
}

/** MLflow answers 400, Databricks 409: only the code tells. */
export const isConflict = (error: unknown): boolean =>
  error instanceof CairnError && /^(RESOURCE_)?(ALREADY_EXISTS|CONFLICT)$|_ALREADY_EXISTS$/.test(error.code)

/** Whether the same call may succeed later, or by another who asks: no server, one in trouble, or one that lets nobody in. */
export const isAway = (error: unknown): boolean =>
  error instanceof CairnError &&
  (error.status === 0 || error.status >= 500 || [401, 403, 429].includes(error.status))

/** The error of an answer that was not 2xx; bodies that are not JSON (a proxy's HTML page) become a short message. */
export async function errorOf(response: Response): Promise<CairnError> {
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
