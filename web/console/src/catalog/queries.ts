import { queryOptions } from '@tanstack/react-query'
import {
  type CatalogInfo,
  explain,
  getCatalog,
  getEffectiveGrants,
  getGrants,
  getRows,
  getSchema,
  getTable,
  type SchemaInfo,
  type Securable,
  type TableInfo,
} from '../api/catalog.js'
import { queryKeys } from '../api/query-keys.js'

const SAMPLE_ROWS = 50

/** The key of the list that a catalog, a schema or a table is in. */
export function listKeyOf(name: string) {
  const [catalog, schema] = name.split('.').slice(0, -1)
  if (!catalog) return queryKeys.catalogs()
  return schema ? queryKeys.tables(catalog, schema) : queryKeys.schemas(catalog)
}

export const tableQuery = (name: string) =>
  queryOptions({
    queryKey: queryKeys.securable('table', name),
    queryFn: ({ signal }) => getTable(name, signal),
  })

export const securableQuery = ({ type, name }: Securable) =>
  queryOptions({
    queryKey: queryKeys.securable(type, name),
    queryFn: async ({ signal }): Promise<CatalogInfo | SchemaInfo | TableInfo> => {
      if (type === 'catalog') return getCatalog(name, signal)
      return type === 'schema' ? getSchema(name, signal) : getTable(name, signal)
    },
  })

export const rowsQuery = (name: string) =>
  queryOptions({
    queryKey: queryKeys.rows(name),
    queryFn: ({ signal }) => getRows(name, SAMPLE_ROWS, signal),
    retry: false,
  })

export const effectiveGrantsQuery = (securable: Securable) =>
  queryOptions({
    queryKey: queryKeys.effectiveGrants(securable),
    queryFn: ({ signal }) => getEffectiveGrants(securable, signal),
    retry: false,
  })

export const grantsQuery = (securable: Securable) =>
  queryOptions({
    queryKey: queryKeys.grants(securable),
    queryFn: ({ signal }) => getGrants(securable, signal),
    retry: false,
  })

/** Whether the caller may change the grants. Decided by the server, which knows ownership and groups. */
export const canManageQuery = (securable: Securable) =>
  queryOptions({
    queryKey: queryKeys.canManage(securable),
    queryFn: async ({ signal }) => (await explain(securable, { privilege: 'MANAGE' }, signal)).allowed,
    retry: false,
  })

/** Whether the caller may create a schema in a catalog; without one, whether it may create catalogs. */
export const mayCreateInQuery = (catalog: string | undefined) =>
  queryOptions({
    queryKey: queryKeys.mayCreateIn(catalog ?? ''),
    queryFn: async ({ signal }) => {
      const [securable, privilege] = catalog
        ? ([{ type: 'catalog', name: catalog }, 'CREATE SCHEMA'] as const)
        : ([{ type: 'metastore', name: 'metastore' }, 'CREATE CATALOG'] as const)
      return (await explain(securable, { privilege }, signal)).allowed
    },
    retry: false,
  })
