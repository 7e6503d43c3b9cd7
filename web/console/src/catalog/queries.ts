import type { Privilege } from '@cairn/platform/protocol/privileges'
import { queryOptions } from '@tanstack/react-query'
import {
  type CatalogInfo,
  getCatalog,
  getEffectiveGrants,
  getGrants,
  getRows,
  getSchema,
  getTable,
  getVolume,
  type SchemaInfo,
  type Securable,
  type TableInfo,
  type VolumeInfo,
} from '../api/catalog.js'
import { queryKeys } from '../api/query-keys.js'
import { hasPrivilege, METASTORE } from '../api/rights.js'

const SAMPLE_ROWS = 50

/** The key of the list that an object is in. */
export function listKeyOf({ type, name }: Securable) {
  const [catalog, schema] = name.split('.').slice(0, -1)
  if (!catalog) return queryKeys.catalogs()
  if (schema && type === 'volume') return queryKeys.volumes(catalog, schema)
  return schema ? queryKeys.tables(catalog, schema) : queryKeys.schemas(catalog)
}

export const tableQuery = (name: string) =>
  queryOptions({
    queryKey: queryKeys.securable('table', name),
    queryFn: ({ signal }) => getTable(name, signal),
  })

export const volumeQuery = (name: string) =>
  queryOptions({
    queryKey: queryKeys.securable('volume', name),
    queryFn: ({ signal }) => getVolume(name, signal),
  })

export const securableQuery = ({ type, name }: Securable) =>
  queryOptions({
    queryKey: queryKeys.securable(type, name),
    queryFn: async ({ signal }): Promise<CatalogInfo | SchemaInfo | TableInfo | VolumeInfo> => {
      if (type === 'catalog') return getCatalog(name, signal)
      if (type === 'volume') return getVolume(name, signal)
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

const isAllowed = ({ type, name }: Securable, privilege: Privilege, signal: AbortSignal) =>
  hasPrivilege({ securable_type: type, full_name: name }, privilege, signal)

/** Asks whether the caller may change the grants. The server decides, because it knows ownership and groups. */
export const canManageQuery = (securable: Securable) =>
  queryOptions({
    queryKey: queryKeys.canManage(securable),
    queryFn: ({ signal }) => isAllowed(securable, 'MANAGE', signal),
    retry: false,
  })

/** Asks whether the caller may create tables in a schema. */
export const mayCreateTableQuery = (schema: Securable) =>
  queryOptions({
    queryKey: queryKeys.mayCreateTable(schema.name),
    queryFn: ({ signal }) => isAllowed(schema, 'CREATE TABLE', signal),
    retry: false,
  })

/** Asks whether the caller may change the files of a volume. */
export const mayWriteFilesQuery = (volume: string) =>
  queryOptions({
    queryKey: queryKeys.mayWriteFiles(volume),
    queryFn: ({ signal }) => isAllowed({ type: 'volume', name: volume }, 'WRITE VOLUME', signal),
    retry: false,
  })

/** Asks whether the caller may create a schema in a catalog, or a volume in a schema; without a parent, whether it may create catalogs. */
export const mayCreateInQuery = (parent: Securable | undefined) =>
  queryOptions({
    queryKey: queryKeys.mayCreateIn(parent?.name ?? ''),
    queryFn: ({ signal }) => {
      if (!parent) return hasPrivilege(METASTORE, 'CREATE CATALOG', signal)
      return isAllowed(parent, parent.type === 'catalog' ? 'CREATE SCHEMA' : 'CREATE VOLUME', signal)
    },
    retry: false,
  })
