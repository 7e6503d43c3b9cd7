import type { Input, Operation, Route } from '@cairn/platform/protocol/operation'
import { type ApiRequest, type Query, segment } from '@cairn/sdk/transport'

/**
 * The request of an operation: `operationRequest<typeof GetTable>('GET /api/2.1/unity-catalog/tables/{full_name}', { full_name })`.
 * The compiler checks route and input against the operation's type. Only the type is imported, so that the bundle contains
 * no schemas.
 */
export function operationRequest<O extends Operation = never>(route: Route<O>, input: Input<O>): ApiRequest {
  const [method, path] = (route as string).split(' ') as [ApiRequest['method'], string]
  const fields = { ...(input as Record<string, unknown>) }
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(fields[name])
    delete fields[name]
    return segment(value)
  })
  return { method, path: filled, ...(method === 'GET' ? { query: fields as Query } : { json: fields }) }
}
