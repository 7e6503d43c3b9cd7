import type { SecurableChain } from '@cairn/platform/auth/decide'
import { METASTORE } from '@cairn/platform/auth/metastore'
import type { EndpointRow } from './schema.js'

/** An endpoint as a securable. */
export const endpointChain = (row: Pick<EndpointRow, 'id' | 'name' | 'owner'>): SecurableChain => [
  { type: 'serving_endpoint', id: row.id, name: row.name, owner: row.owner },
  ...METASTORE,
]
