import { undefinedIfNotFound } from './cairn-error.js'
import { pages } from './page.js'
import { encodeSegment, type Query, type Transport } from './transport.js'

const BASE = '/api/2.1/unity-catalog'

interface Securable {
  readonly name: string
  readonly comment?: string
  readonly properties?: Record<string, string>
  readonly owner?: string
  readonly created_at?: number
  readonly updated_at?: number
}

export type CatalogInfo = Securable & { readonly id?: string; readonly storage_root?: string }

export type SchemaInfo = Securable & { readonly catalog_name: string; readonly full_name?: string }

export interface ColumnInfo {
  readonly name: string
  readonly type_name: string
  readonly type_text: string
  readonly type_json?: string
  readonly type_precision?: number
  readonly type_scale?: number
  readonly position: number
  readonly nullable?: boolean
  readonly comment?: string
}

export type TableInfo = Securable & {
  readonly catalog_name: string
  readonly schema_name: string
  readonly table_type: string
  readonly data_source_format?: string
  readonly columns?: readonly ColumnInfo[]
  readonly storage_location?: string
  readonly table_id?: string
}

export type SecurableType =
  | 'metastore'
  | 'catalog'
  | 'schema'
  | 'table'
  | 'volume'
  | 'function'
  | 'registered_model'

export interface PrivilegeAssignment {
  readonly principal: string
  readonly privileges: readonly string[]
}

export interface PermissionChange {
  readonly principal: string
  readonly add?: readonly string[]
  readonly remove?: readonly string[]
}

export interface EffectiveAssignment {
  readonly principal: string
  readonly privileges: readonly {
    readonly privilege: string
    readonly inherited_from_type?: string
    readonly inherited_from_name?: string
  }[]
}

export interface TemporaryCredentials {
  readonly expiration_time: number
  /** Location of the table: `file:///…` or `s3://…`. */
  readonly url?: string
  readonly aws_temp_credentials?: {
    readonly access_key_id: string
    readonly secret_access_key: string
    readonly session_token: string
  }
}

/** Catalogs, schemas, tables and their grants, through the Unity Catalog API. */
export class CatalogClient {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  createCatalog(catalog: { name: string; comment?: string }): Promise<CatalogInfo> {
    return this.#transport.call<CatalogInfo>({ method: 'POST', path: `${BASE}/catalogs`, json: catalog })
  }

  getCatalog(name: string): Promise<CatalogInfo> {
    return this.#get<CatalogInfo>(`catalogs/${encodeSegment(name)}`)
  }

  listCatalogs(): AsyncGenerator<CatalogInfo> {
    return this.#list<CatalogInfo>('catalogs', {})
  }

  createSchema(schema: { name: string; catalog_name: string; comment?: string }): Promise<SchemaInfo> {
    return this.#transport.call<SchemaInfo>({ method: 'POST', path: `${BASE}/schemas`, json: schema })
  }

  getSchema(fullName: string): Promise<SchemaInfo> {
    return this.#get<SchemaInfo>(`schemas/${encodeSegment(fullName)}`)
  }

  listSchemas(catalog_name: string): AsyncGenerator<SchemaInfo> {
    return this.#list<SchemaInfo>('schemas', { catalog_name })
  }

  createTable(table: Omit<TableInfo, 'table_id'>): Promise<TableInfo> {
    return this.#transport.call<TableInfo>({ method: 'POST', path: `${BASE}/tables`, json: table })
  }

  getTable(fullName: string): Promise<TableInfo> {
    return this.#get<TableInfo>(`tables/${encodeSegment(fullName)}`)
  }

  findTable(fullName: string): Promise<TableInfo | undefined> {
    return this.getTable(fullName).catch(undefinedIfNotFound)
  }

  listTables(catalog_name: string, schema_name: string): AsyncGenerator<TableInfo> {
    return this.#list<TableInfo>('tables', { catalog_name, schema_name })
  }

  async deleteTable(fullName: string): Promise<void> {
    await this.#transport.call({ method: 'DELETE', path: `${BASE}/tables/${encodeSegment(fullName)}` })
  }

  /** Returns the direct grants on one securable. */
  async getGrants(type: SecurableType, fullName: string): Promise<readonly PrivilegeAssignment[]> {
    const path = `permissions/${type}/${encodeSegment(fullName)}`
    const response = await this.#get<{ privilege_assignments?: PrivilegeAssignment[] }>(path)
    return response.privilege_assignments ?? []
  }

  /** Returns direct and inherited grants, the latter with the ancestor that has them. */
  async getEffectiveGrants(
    type: SecurableType,
    fullName: string,
    principal?: string,
  ): Promise<readonly EffectiveAssignment[]> {
    const path = `effective-permissions/${type}/${encodeSegment(fullName)}`
    const response = await this.#get<{ privilege_assignments?: EffectiveAssignment[] }>(path, { principal })
    return response.privilege_assignments ?? []
  }

  async updateGrants(
    type: SecurableType,
    fullName: string,
    changes: readonly PermissionChange[],
  ): Promise<readonly PrivilegeAssignment[]> {
    const response = await this.#transport.call<{ privilege_assignments?: PrivilegeAssignment[] }>({
      method: 'PATCH',
      path: `${BASE}/permissions/${type}/${encodeSegment(fullName)}`,
      json: { changes },
      idempotent: true,
    })
    return response.privilege_assignments ?? []
  }

  temporaryTableCredentials(
    table_id: string,
    operation: 'READ' | 'READ_WRITE',
  ): Promise<TemporaryCredentials> {
    return this.#transport.call<TemporaryCredentials>({
      method: 'POST',
      path: `${BASE}/temporary-table-credentials`,
      json: { table_id, operation },
      idempotent: true,
    })
  }

  #get<T>(path: string, query: Query = {}): Promise<T> {
    return this.#transport.call<T>({ method: 'GET', path: `${BASE}/${path}`, query })
  }

  #list<T>(noun: 'catalogs' | 'schemas' | 'tables', query: Query): AsyncGenerator<T> {
    return pages(async (page_token) => {
      type Page = { readonly next_page_token?: string | null } & { readonly [key in typeof noun]?: T[] }
      const page = await this.#get<Page>(noun, { ...query, page_token })
      return { items: page[noun] ?? [], next: page.next_page_token }
    })
  }
}
