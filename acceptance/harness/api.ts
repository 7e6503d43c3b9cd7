/** An HTTP response of any status. */
export class ApiResponse {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Buffer

  constructor(status: number, headers: Headers, bytes: Buffer) {
    this.status = status
    this.headers = headers
    this.bytes = bytes
  }

  get text(): string {
    return this.bytes.toString('utf8')
  }

  json<T>(): T {
    return JSON.parse(this.text) as T
  }
}

export interface RequestOptions {
  readonly token?: string | undefined
  /** Strings and bytes are sent unchanged, other values as JSON. */
  readonly body?: unknown
  readonly query?: Readonly<Record<string, string | number | readonly string[]>>
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** Sends one request. Rejects only when no response arrives. */
export async function send(
  url: string,
  method: string,
  path: string,
  sent: RequestOptions = {},
): Promise<ApiResponse> {
  const { token, body, query = {}, headers = {}, signal } = sent
  const raw = typeof body === 'string' || body instanceof Uint8Array
  const target = new URL(url + path)
  for (const [name, value] of Object.entries(query))
    for (const one of [value].flat()) target.searchParams.append(name, String(one))
  const response = await fetch(target, {
    method,
    redirect: 'manual',
    headers: {
      ...(body !== undefined && !raw && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body: raw ? (body as BodyInit) : JSON.stringify(body) }),
    ...(signal && { signal }),
  })
  return new ApiResponse(response.status, response.headers, Buffer.from(await response.arrayBuffer()))
}

/** A JSON client that acts as one principal. Rejects with the status and body of any response that is not 2xx. */
export function api(url: string, token?: string) {
  const call = async <T>(method: string, path: string, sent: RequestOptions): Promise<T> => {
    const answer = await send(url, method, path, { token, ...sent })
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 500)}`)
    return answer.json<T>()
  }
  return {
    get: <T>(path: string, query: RequestOptions['query'] = {}) => call<T>('GET', path, { query }),
    post: <T>(path: string, body: unknown = {}) => call<T>('POST', path, { body }),
    put: <T>(path: string, body: unknown) => call<T>('PUT', path, { body }),
    patch: <T>(path: string, body: unknown) => call<T>('PATCH', path, { body }),
    delete: <T>(path: string, body?: unknown) => call<T>('DELETE', path, body === undefined ? {} : { body }),
  }
}
export type Api = ReturnType<typeof api>
