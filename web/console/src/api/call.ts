import type { Input, Operation, Output, Route } from '@cairn/platform/protocol/operation'
import { send } from './http.js'

/**
 * Calls an operation: `call<typeof GetRun>('GET /api/2.0/mlflow/runs/get', { run_id })`. The compiler checks route and input
 * against the operation's type. Only the type is imported, so that the bundle contains no schemas.
 * @throws RequestError unless the response is 2xx
 */
export async function call<O extends Operation = never>(
  route: Route<O>,
  input: Input<O>,
  signal?: AbortSignal,
): Promise<Output<O>> {
  const { method, url, body } = requestOf(route, input as Fields)
  const response = await send(url, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    ...(signal && { signal }),
  })
  const text = await response.text()
  return (text ? JSON.parse(text) : {}) as Output<O>
}

/** The URL of an operation whose request or response is not JSON, relative to the page. */
export const urlOf = <O extends Operation = never>(route: Route<O>, input: Input<O>) =>
  requestOf(route, input as Fields).url

type Value = string | number | boolean | undefined | readonly string[]
type Fields = Readonly<Record<string, Value>>

/** Path parameters go into the path; the others into the query of a GET and the body of other methods. */
function requestOf(route: string, input: Fields) {
  const [method, path] = route.split(' ') as [string, string]
  const fields = { ...input }
  const filled = path.slice(1).replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(fields[name])
    delete fields[name]
    return encodeURIComponent(value)
  })
  return method === 'GET'
    ? { method, url: filled + queryString(fields) }
    : { method, url: filled, body: fields }
}

/** `?a=1&b=x&b=y`: lists become repeated parameters, `undefined` is left out. */
export function queryString(query: Fields): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (Array.isArray(value)) for (const item of value) search.append(key, item)
    else if (value !== undefined) search.append(key, String(value))
  }
  const text = search.toString()
  return text && `?${text}`
}
