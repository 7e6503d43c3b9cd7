import { bearer } from './session.js'

/** An answer that is not 2xx, in the words of the server. Status 0: no answer came. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly status: number
  readonly code: string
  readonly details: Record<string, unknown>

  constructor(status: number, code: string, message: string, details: Record<string, unknown> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.details = details
  }
}

type Value = string | number | boolean | undefined | readonly string[]
export type Query = Readonly<Record<string, Value>>

/** `a=1&b=x&b=y`: lists repeat, what is undefined is left out. */
export function queryString(query: Query): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (Array.isArray(value)) for (const one of value) search.append(key, one)
    else if (value !== undefined) search.append(key, String(value))
  }
  const text = search.toString()
  return text && `?${text}`
}

/** Sends to a path relative to the page, so the dashboard works below any prefix. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const token = bearer()
  const headers = {
    ...(init.headers as Record<string, string>),
    ...(token && { authorization: `Bearer ${token}` }),
  }
  let response: Response
  try {
    response = await fetch(path, { ...init, headers, credentials: 'same-origin' })
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new RequestError(0, 'UNREACHABLE', cause instanceof Error ? cause.message : String(cause))
  }
  if (!response.ok) throw await refusal(response)
  return response
}

async function refusal(response: Response): Promise<RequestError> {
  const text = await response.text()
  try {
    const body = JSON.parse(text) as {
      error_code?: string
      message?: string
      details?: Record<string, unknown>[]
    }
    return new RequestError(
      response.status,
      body.error_code ?? String(response.status),
      body.message ?? text,
      Object.assign({}, ...(body.details ?? [])),
    )
  } catch {
    // A proxy's or another server's page: its markup helps nobody.
    return new RequestError(
      response.status,
      String(response.status),
      response.statusText || String(response.status),
    )
  }
}

export async function getJson<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const response = await send(path + queryString(query), signal ? { signal } : {})
  return (await response.json()) as T
}

export async function sendJson<T>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const response = await send(path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  })
  const text = await response.text()
  return (text ? JSON.parse(text) : {}) as T
}

export const isMissing = (error: unknown) =>
  error instanceof RequestError && (error.status === 404 || error.status === 405 || error.status === 501)
