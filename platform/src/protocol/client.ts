import { ApiError, isErrorCode } from '../errors.js'
import { parseJsonResponse } from './json-response.js'
import { type Input, type Operation, type Output, pathParameters, takesBody } from './operation.js'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>
export type Client = <O extends Operation>(op: O, input: Input<O>) => Promise<Output<O>>

export interface ClientOptions {
  readonly fetch?: Fetch
  /** Bearer token of the principal, or a whole `Authorization` header such as `Basic …`. */
  readonly token?: string
  /** Additional headers, such as `traceparent`. */
  readonly headers?: Record<string, string>
}

/** Creates a typed client of all services, over the network or, with `inProcess`, without a socket. */
export function createClient(
  baseUrl: string,
  { fetch = globalThis.fetch, token, headers = {} }: ClientOptions = {},
): Client {
  const base = baseUrl.replace(/\/$/, '')
  const common = {
    accept: 'application/json',
    ...(token && { authorization: token.includes(' ') ? token : `Bearer ${token}` }),
    ...headers,
  }
  return async (op, input) => {
    const fields = { ...(input as Record<string, unknown>) }
    const url = base + fillPath(op.path, fields)
    const response = takesBody(op)
      ? await fetch(url, {
          method: op.method,
          headers: { ...common, 'content-type': 'application/json' },
          body: JSON.stringify(input),
        })
      : await fetch(`${url}${queryString(fields)}`, { method: op.method, headers: common })
    return (await readAnswer(response)) as Output<typeof op>
  }
}

function fillPath(path: string, fields: Record<string, unknown>) {
  let filled = path
  for (const name of pathParameters(path)) {
    filled = filled.replace(`{${name}}`, encodeURIComponent(wellFormed(String(fields[name]))))
    delete fields[name]
  }
  return filled
}

/** Replaces halves of surrogate pairs, which a URL cannot contain. The replacement does not exist on the server either. */
const wellFormed = (text: string) => text.replaceAll(/\p{Surrogate}/gu, '\ufffd')

function queryString(fields: Record<string, unknown>) {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue
    for (const item of Array.isArray(value) ? value : [value]) query.append(name, String(item))
  }
  return query.size ? `?${query}` : ''
}

/** Reads the JSON of a response. @throws the error in the response */
export async function readAnswer(response: Response): Promise<unknown> {
  const answer = await parseJsonResponse(response)
  if (response.ok) return answer
  const body = (answer ?? {}) as {
    error_code?: unknown
    message?: string
    details?: Record<string, unknown>[]
  }
  const code = isErrorCode(body.error_code) ? body.error_code : 'INTERNAL_ERROR'
  const details = body.details?.[0]
  throw new ApiError(code, body.message ?? `The server answered ${response.status}`, details && { details })
}
