/** Values of a query string; arrays become repeated parameters, `undefined` is left out. */
export type Query = Record<string, string | number | boolean | readonly string[] | undefined>

/** A body that can be sent again after a failure: bytes, a Blob, or a file opened anew for every attempt. */
export type Content =
  | string
  | Uint8Array
  | Blob
  | { readonly size: number; open(): ReadableStream<Uint8Array> }

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Absolute below the base URL, already percent-encoded: `/api/2.0/mlflow/runs/get`. */
  readonly path: string
  readonly query?: Query
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as it is. */
  readonly content?: Content
  readonly headers?: Record<string, string>
  /** Whether a second arrival changes nothing. Defaults to true for GET, PUT and DELETE. */
  readonly idempotent?: boolean
  /** How often it is tried in all; defaults to the transport's. */
  readonly attempts?: number
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/**
 * The seam under every client of this package. `HttpTransport` is the network; whatever keeps a log while offline
 * implements the same two methods.
 *
 * Both throw `CairnError`, for any answer that is not 2xx too.
 */
export interface Transport {
  /** JSON in, JSON out. */
  call<T>(request: ApiRequest): Promise<T>
  /** The answer with its body unread, for streams; the caller reads or cancels it. */
  open(request: ApiRequest): Promise<Response>
}

export function queryString(query: Query = {}): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    const values = typeof value === 'object' ? value : [String(value)]
    for (const one of values) params.append(name, one)
  }
  const text = params.toString()
  return text && `?${text}`
}

/** One path segment; `.` and `..` would be resolved away by URL parsers, so they are refused. */
export function segment(name: string): string {
  if (name === '' || name === '.' || name === '..')
    throw new TypeError(`Not a usable name: ${JSON.stringify(name)}`)
  return encodeURIComponent(name)
}
