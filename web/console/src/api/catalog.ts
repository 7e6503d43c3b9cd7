import type { ListAudit } from '@cairn/platform/protocol/audit'
import type { CatalogInfo } from '@cairn/platform/protocol/catalogs'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import type {
  EffectiveAssignment,
  Explain,
  GetEffectivePermissions,
  GetPermissions,
  PrivilegeAssignment,
  UpdatePermissions,
} from '@cairn/platform/protocol/permissions'
import type { SchemaInfo } from '@cairn/platform/protocol/schemas'
import type { ReadTableRows, TableInfo } from '@cairn/platform/protocol/tables'
import { getJson, sendJson } from './http.js'

export type { CatalogInfo, EffectiveAssignment, PrivilegeAssignment, SchemaInfo, TableInfo }
export type Explanation = Output<typeof Explain>
export type TableRows = Output<typeof ReadTableRows>
export type AuditPage = Output<typeof ListAudit>

export type SecurableType = 'catalog' | 'schema' | 'table'
export interface Securable {
  readonly type: SecurableType
  readonly name: string
}

const UNITY = 'api/2.1/unity-catalog'
const path = (name: string) => encodeURIComponent(name)

export const listCatalogs = async (signal?: AbortSignal) =>
  (await getJson<{ catalogs?: CatalogInfo[] }>(`${UNITY}/catalogs`, {}, signal)).catalogs ?? []

export const listSchemas = async (catalog_name: string, signal?: AbortSignal) =>
  (await getJson<{ schemas?: SchemaInfo[] }>(`${UNITY}/schemas`, { catalog_name }, signal)).schemas ?? []

export const listTables = async (catalog_name: string, schema_name: string, signal?: AbortSignal) =>
  (await getJson<{ tables?: TableInfo[] }>(`${UNITY}/tables`, { catalog_name, schema_name }, signal))
    .tables ?? []

export const getCatalog = (name: string, signal?: AbortSignal) =>
  getJson<CatalogInfo>(`${UNITY}/catalogs/${path(name)}`, {}, signal)

export const getSchema = (name: string, signal?: AbortSignal) =>
  getJson<SchemaInfo>(`${UNITY}/schemas/${path(name)}`, {}, signal)

export const getTable = (name: string, signal?: AbortSignal) =>
  getJson<TableInfo>(`${UNITY}/tables/${path(name)}`, {}, signal)

export const getRows = (name: string, limit: number, signal?: AbortSignal) =>
  getJson<TableRows>(`api/cairn/v1/tables/${path(name)}/rows`, { limit }, signal)

export const getGrants = async ({ type, name }: Securable, signal?: AbortSignal) =>
  (await getJson<Output<typeof GetPermissions>>(`${UNITY}/permissions/${type}/${path(name)}`, {}, signal))
    .privilege_assignments

export const getEffective = async ({ type, name }: Securable, signal?: AbortSignal) =>
  (
    await getJson<Output<typeof GetEffectivePermissions>>(
      `${UNITY}/effective-permissions/${type}/${path(name)}`,
      {},
      signal,
    )
  ).privilege_assignments

export const changeGrants = (
  { type, name }: Securable,
  changes: Input<typeof UpdatePermissions>['changes'],
) => sendJson('PATCH', `${UNITY}/permissions/${type}/${path(name)}`, { changes })

export const explain = (
  { type, name }: Securable,
  question: { privilege: string; principal?: string },
  signal?: AbortSignal,
) =>
  getJson<Explanation>('api/cairn/v1/explain', { securable_type: type, full_name: name, ...question }, signal)

export const listAudit = (
  query: { securable: string; allowed?: boolean; page_token?: string },
  signal?: AbortSignal,
) => getJson<AuditPage>('api/cairn/v1/audit', { max_results: 50, ...query }, signal)
