import { CairnError, toCairnError } from './cairn-error.js'
import { parseJson } from './http/parse-json.js'
import { mayRetry, retryDelayMs, sleep } from './http/retry.js'
import { newTraceId, traceparent } from './http/trace-context.js'
import { type ApiRequest, type Content, queryString, type Transport } from './transport.js'

/** The server of a client, and how to call it. */
export interface HttpOptions {
  /** Address of the server, e.g. `http://127.0.0.1:5000`; may have a path prefix. */
  readonly baseUrl: string
  readonly token?: string
  /** `Basic` credentials, for servers with MLflow's basic-auth app; `token` takes precedence. */
  readonly basic?: { readonly username: string; readonly password: string }
  /** Per attempt, until the response headers (`open`) or the whole body (`call`) have arrived. Default 30 s. */
  readonly timeoutMs?: number
  /** Maximum number of attempts of a call. Default 5. */
  readonly attempts?: number
  /** Returns the trace id of a call, 32 hex digits; by default each call starts a new trace. */
  readonly traceId?: () => string | undefined
  /** Default: the global `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>
}

/** Sends the requests of all clients over HTTP, with timeouts, retries and trace context. Runs in browsers too. */
export class HttpTransport implements Transport {
  readonly #options: HttpOptions
  readonly #baseUrl: string
  readonly #fetch: (url: string, init: RequestInit) => Promise<Response>

  constructor(options: HttpOptions) {
    if (!/^https?:\/\//.test(options.baseUrl))
      throw new TypeError(
        `The server's address must start with http:// or https://, got '${options.baseUrl}'`,
      )
    this.#options = options
    this.#baseUrl = options.baseUrl.replace(/\/+$/, '')
    this.#fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init))
  }

  call<T>(request: ApiRequest): Promise<T> {
    return this.#retry(request, async (response) => {
      return (await parseJson(response)) as T
    })
  }

  open(request: ApiRequest): Promise<Response> {
    return this.#retry(request, async (response) => response)
  }

  async #retry<T>(request: ApiRequest, read: (response: Response) => Promise<T>): Promise<T> {
    const attempts = request.attempts ?? this.#options.attempts ?? 5
    const idempotent = request.idempotent ?? ['GET', 'PUT', 'DELETE'].includes(request.method)
    const traceId = this.#options.traceId?.() ?? newTraceId()
    for (let attempt = 1; ; attempt++) {
      const last: { retryAfter: string | null } = { retryAfter: null }
      try {
        return await this.#attempt(request, traceId, last, read)
      } catch (error) {
        if (attempt >= attempts || !mayRetry(error, idempotent)) throw error
        await sleep(retryDelayMs(attempt, last.retryAfter), request.signal)
      }
    }
  }

  async #attempt<T>(
    request: ApiRequest,
    traceId: string,
    last: { retryAfter: string | null },
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    const timeoutMs = request.timeoutMs ?? this.#options.timeoutMs ?? 30_000
    const limit = new AbortController()
    const timer = setTimeout(() => limit.abort(), timeoutMs)
    const signal = request.signal ? AbortSignal.any([request.signal, limit.signal]) : limit.signal
    const url = this.#baseUrl + request.path + queryString(request.query)
    try {
      const init = { method: request.method, headers: this.#headers(request, traceId), signal }
      const response = await this.#fetch(url, { ...init, ...bodyOf(request) })
      last.retryAfter = response.headers.get('retry-after')
      if (!response.ok) throw await toCairnError(response)
      return await read(response)
    } catch (cause) {
      if (request.signal?.aborted) throw request.signal.reason
      if (cause instanceof CairnError) throw cause
      const target = `${request.method} ${this.#baseUrl}${request.path}`
      if (limit.signal.aborted)
        throw new CairnError('DEADLINE_EXCEEDED', `${target}: no response within ${timeoutMs} ms`, 0, {
          cause,
        })
      throw new CairnError('NETWORK_ERROR', `${target}: ${reasonOf(cause)}`, 0, { cause })
    } finally {
      clearTimeout(timer)
    }
  }

  #headers(request: ApiRequest, traceId: string): Record<string, string> {
    const { token, basic } = this.#options
    const headers: Record<string, string> = { accept: 'application/json', traceparent: traceparent(traceId) }
    if (token) headers.authorization = `Bearer ${token}`
    else if (basic) headers.authorization = `Basic ${base64(`${basic.username}:${basic.password}`)}`
    if (request.json !== undefined) headers['content-type'] = 'application/json'
    return { ...headers, ...request.headers }
  }
}

/** Encodes UTF-8, as servers expect for credentials; `btoa` alone accepts only characters up to `ÿ`. */
const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)))

function bodyOf(request: ApiRequest): RequestInit {
  if (request.json !== undefined) return { body: JSON.stringify(request.json) }
  const { content } = request
  if (content === undefined) return {}
  if (!isStream(content)) return { body: content as string | Blob | Uint8Array<ArrayBuffer> }
  // `duplex` is required for streamed bodies and missing from the DOM types.
  return { body: content.open(), duplex: 'half' } as RequestInit
}

const isStream = (content: Content): content is Extract<Content, { open(): unknown }> =>
  typeof content === 'object' && 'open' in content

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error && cause.message ? `${message} (${cause.message})` : String(message)
}
