import { queryOptions } from '@tanstack/react-query'
import {
  type CatalogInfo,
  explain,
  getCatalog,
  getEffective,
  getGrants,
  getRows,
  getSchema,
  getTable,
  type SchemaInfo,
  type Securable,
  type TableInfo,
} from '../api/catalog.js'

const SAMPLE_ROWS = 50

export const tableQuery = (name: string) =>
  queryOptions({ queryKey: ['table', name], queryFn: ({ signal }) => getTable(name, signal) })

export const securableQuery = ({ type, name }: Securable) =>
  queryOptions({
    queryKey: [type, name],
    queryFn: async ({ signal }): Promise<CatalogInfo | SchemaInfo | TableInfo> => {
      if (type === 'catalog') return getCatalog(name, signal)
      return type === 'schema' ? getSchema(name, signal) : getTable(name, signal)
    },
  })

export const rowsQuery = (name: string) =>
  queryOptions({
    queryKey: ['rows', name],
    queryFn: ({ signal }) => getRows(name, SAMPLE_ROWS, signal),
    retry: false,
  })

export const effectiveQuery = (securable: Securable) =>
  queryOptions({
    queryKey: ['effective', securable],
    queryFn: ({ signal }) => getEffective(securable, signal),
    retry: false,
  })

export const grantsQuery = (securable: Securable) =>
  queryOptions({
    queryKey: ['grants', securable],
    queryFn: ({ signal }) => getGrants(securable, signal),
    retry: false,
  })

/** Whether the caller may change grants here: the server is asked, the page does not guess. */
export const managesQuery = (securable: Securable) =>
  queryOptions({
    queryKey: ['manages', securable],
    queryFn: async ({ signal }) => (await explain(securable, { privilege: 'MANAGE' }, signal)).allowed,
    retry: false,
  })
