import type { SecurableChain } from '@cairn/platform/auth/decide'
import { METASTORE } from '@cairn/platform/auth/metastore'
import type { EndpointRow } from './schema.js'

/** An endpoint as a securable. */
export const endpointChain = (row: Pick<EndpointRow, 'id' | 'name' | 'owner'>): SecurableChain => [
  { type: 'serving_endpoint', id: row.id, name: row.name, owner: row.owner },
  ...METASTORE,
]

/** The endpoint that a request names, or an absent one. An id reveals no name to a caller who may not see the endpoint. */
export function endpointAsRequested(nameOrId: string, row: EndpointRow | undefined): SecurableChain {
  if (!row)
    return [{ type: 'serving_endpoint', id: '', name: nameOrId, owner: '', absent: true }, ...METASTORE]
  const [endpoint, ...ancestors] = endpointChain(row)
  return [{ ...endpoint, requestedAs: nameOrId }, ...ancestors]
}
