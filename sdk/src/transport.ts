/** Values of a query string; arrays become repeated parameters, `undefined` is omitted. */
export type Query = Record<string, string | number | boolean | readonly string[] | undefined>

/** A body that can be sent again after a failure: bytes, a Blob, or a file that is reopened for every attempt. */
export type Content =
  | string
  | Uint8Array
  | Blob
  | { readonly size: number; open(): ReadableStream<Uint8Array> }

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path below the base URL, already percent-encoded: `/api/2.0/mlflow/runs/get`. */
  readonly path: string
  readonly query?: Query
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent unchanged. */
  readonly content?: Content
  readonly headers?: Record<string, string>
  /** True if the request may be repeated safely. Default: true for GET, PUT and DELETE. */
  readonly idempotent?: boolean
  /** Maximum number of attempts; default: the transport's. */
  readonly attempts?: number
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/**
 * Sends the requests of every client in this package. `HttpTransport` implements it over HTTP.
 *
 * Both methods throw `CairnError`, also for every response other than 2xx.
 */
export interface Transport {
  /** Returns the parsed JSON of the response. */
  call<T>(request: ApiRequest): Promise<T>
  /** Returns the response with an unread body, for streaming; the caller reads or cancels it. */
  open(request: ApiRequest): Promise<Response>
}

export function queryString(query: Query = {}): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    const values = typeof value === 'object' ? value : [String(value)]
    for (const item of values) params.append(name, item)
  }
  const text = params.toString()
  return text && `?${text}`
}

/** Encodes one path segment. URL parsers would resolve `.` and `..`, so they are rejected. */
export function encodeSegment(name: string): string {
  if (name === '' || name === '.' || name === '..')
    throw new TypeError(`Not a valid name: ${JSON.stringify(name)}`)
  return encodeURIComponent(name)
}
