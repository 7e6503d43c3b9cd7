import type { CreateTableFromCsv } from '@cairn/platform/protocol/cairn/csv-tables'
import type { Explain } from '@cairn/platform/protocol/cairn/explain'
import type { ReadTableRows } from '@cairn/platform/protocol/cairn/table-rows'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import type {
  CatalogInfo,
  CreateCatalog,
  DeleteCatalog,
  GetCatalog,
  ListCatalogs,
  UpdateCatalog,
} from '@cairn/platform/protocol/unity/catalogs'
import type {
  EffectiveAssignment,
  GetEffectivePermissions,
  GetPermissions,
  PrivilegeAssignment,
  UpdatePermissions,
} from '@cairn/platform/protocol/unity/permissions'
import type {
  CreateSchema,
  DeleteSchema,
  GetSchema,
  ListSchemas,
  SchemaInfo,
  UpdateSchema,
} from '@cairn/platform/protocol/unity/schemas'
import type {
  DeleteTable,
  GetTable,
  ListTables,
  TableInfo,
  UpdateTable,
} from '@cairn/platform/protocol/unity/tables'
import type {
  CreateVolume,
  DeleteVolume,
  GetVolume,
  ListVolumes,
  UpdateVolume,
  VolumeInfo,
} from '@cairn/platform/protocol/unity/volumes'
import { call } from './call.js'

export type { CatalogInfo, EffectiveAssignment, PrivilegeAssignment, SchemaInfo, TableInfo, VolumeInfo }
export type Explanation = Output<typeof Explain>
export type TableRows = Output<typeof ReadTableRows>

export type SecurableType = 'catalog' | 'schema' | 'table' | 'volume'
export interface Securable {
  readonly type: SecurableType
  readonly name: string
}

export const listCatalogs = async (signal?: AbortSignal) =>
  (await call<typeof ListCatalogs>('GET /api/2.1/unity-catalog/catalogs', {}, signal)).catalogs

export const listSchemas = async (catalog_name: string, signal?: AbortSignal) =>
  (await call<typeof ListSchemas>('GET /api/2.1/unity-catalog/schemas', { catalog_name }, signal)).schemas

export const listTables = async (catalog_name: string, schema_name: string, signal?: AbortSignal) =>
  (await call<typeof ListTables>('GET /api/2.1/unity-catalog/tables', { catalog_name, schema_name }, signal))
    .tables

export const listVolumes = async (catalog_name: string, schema_name: string, signal?: AbortSignal) =>
  (
    await call<typeof ListVolumes>(
      'GET /api/2.1/unity-catalog/volumes',
      { catalog_name, schema_name },
      signal,
    )
  ).volumes

export const getCatalog = (name: string, signal?: AbortSignal) =>
  call<typeof GetCatalog>('GET /api/2.1/unity-catalog/catalogs/{name}', { name }, signal)

export const getSchema = (full_name: string, signal?: AbortSignal) =>
  call<typeof GetSchema>('GET /api/2.1/unity-catalog/schemas/{full_name}', { full_name }, signal)

export const getTable = (full_name: string, signal?: AbortSignal) =>
  call<typeof GetTable>('GET /api/2.1/unity-catalog/tables/{full_name}', { full_name }, signal)

export const getVolume = (name: string, signal?: AbortSignal) =>
  call<typeof GetVolume>('GET /api/2.1/unity-catalog/volumes/{name}', { name }, signal)

export const getRows = (full_name: string, limit: number, signal?: AbortSignal) =>
  call<typeof ReadTableRows>('GET /api/cairn/v1/tables/{full_name}/rows', { full_name, limit }, signal)

const idOf = ({ type, name }: Securable) => ({
  securable_type: type,
  full_name: name,
})

export const getGrants = async (securable: Securable, signal?: AbortSignal) => {
  const { privilege_assignments } = await call<typeof GetPermissions>(
    'GET /api/2.1/unity-catalog/permissions/{securable_type}/{full_name}',
    idOf(securable),
    signal,
  )
  return privilege_assignments
}

/** Includes inherited grants. */
export const getEffectiveGrants = async (securable: Securable, signal?: AbortSignal) => {
  const { privilege_assignments } = await call<typeof GetEffectivePermissions>(
    'GET /api/2.1/unity-catalog/effective-permissions/{securable_type}/{full_name}',
    idOf(securable),
    signal,
  )
  return privilege_assignments
}

export const changeGrants = (securable: Securable, changes: Input<typeof UpdatePermissions>['changes']) =>
  call<typeof UpdatePermissions>('PATCH /api/2.1/unity-catalog/permissions/{securable_type}/{full_name}', {
    ...idOf(securable),
    changes,
  })

export const createCatalog = (name: string, comment: string) =>
  call<typeof CreateCatalog>('POST /api/2.1/unity-catalog/catalogs', { name, ...(comment && { comment }) })

export const createSchema = (catalog_name: string, name: string, comment: string) =>
  call<typeof CreateSchema>('POST /api/2.1/unity-catalog/schemas', {
    ...{ catalog_name, name },
    ...(comment && { comment }),
  })

type CsvTable = Omit<Input<typeof CreateTableFromCsv>, 'catalog_name' | 'schema_name'>

export const createTableFromCsv = (schema: string, { comment, ...table }: CsvTable) => {
  const [catalog_name, schema_name] = schema.split('.') as [string, string]
  return call<typeof CreateTableFromCsv>('POST /api/cairn/v1/tables', {
    ...{ catalog_name, schema_name, ...table },
    ...(comment && { comment }),
  })
}

/** Creates a volume whose files the server keeps. */
export const createVolume = (schema: string, name: string, comment: string) => {
  const [catalog_name, schema_name] = schema.split('.') as [string, string]
  return call<typeof CreateVolume>('POST /api/2.1/unity-catalog/volumes', {
    ...{ catalog_name, schema_name, name, volume_type: 'MANAGED' },
    ...(comment && { comment }),
  })
}

interface SecurableChange {
  readonly owner?: string
  readonly comment?: string
  /** Volumes have none. */
  readonly properties?: Record<string, string>
}

export function updateSecurable({ type, name }: Securable, change: SecurableChange): Promise<unknown> {
  if (type === 'catalog')
    return call<typeof UpdateCatalog>('PATCH /api/2.1/unity-catalog/catalogs/{name}', { name, ...change })
  if (type === 'volume')
    return call<typeof UpdateVolume>('PATCH /api/2.1/unity-catalog/volumes/{name}', { name, ...change })
  const changed = { full_name: name, ...change }
  return type === 'schema'
    ? call<typeof UpdateSchema>('PATCH /api/2.1/unity-catalog/schemas/{full_name}', changed)
    : call<typeof UpdateTable>('PATCH /api/2.1/unity-catalog/tables/{full_name}', changed)
}

/** Deletes an object with all that is in it. */
export function deleteSecurable({ type, name }: Securable): Promise<unknown> {
  if (type === 'catalog')
    return call<typeof DeleteCatalog>('DELETE /api/2.1/unity-catalog/catalogs/{name}', { name, force: true })
  if (type === 'volume')
    return call<typeof DeleteVolume>('DELETE /api/2.1/unity-catalog/volumes/{name}', { name })
  return type === 'schema'
    ? call<typeof DeleteSchema>('DELETE /api/2.1/unity-catalog/schemas/{full_name}', {
        full_name: name,
        force: true,
      })
    : call<typeof DeleteTable>('DELETE /api/2.1/unity-catalog/tables/{full_name}', { full_name: name })
}

/** Explains which grants give a principal a privilege on an object, or that none does; default: the caller. */
export const explainPrivilege = (
  securable: Securable,
  question: { privilege: string; principal?: string },
  signal?: AbortSignal,
) => call<typeof Explain>('GET /api/cairn/v1/explain', { ...idOf(securable), ...question }, signal)
