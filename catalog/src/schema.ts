import type { AuthSchema } from '@cairn/platform/auth/schema'

/** The table of securables has the owner. */
interface Authorship {
  created_at: number
  created_by: string
  updated_at: number
  updated_by: string
}

export interface CatalogRow extends Authorship {
  id: string
  name: string
  comment: string | null
  /** JSON object of strings. */
  properties: string
}

export interface SchemaRow extends Authorship {
  schema_id: string
  catalog_id: string
  name: string
  comment: string | null
  properties: string
}

export interface TableRow extends Authorship {
  table_id: string
  schema_id: string
  name: string
  table_type: 'MANAGED' | 'EXTERNAL'
  data_source_format: 'DELTA' | 'CSV' | 'JSON' | 'AVRO' | 'PARQUET' | 'ORC' | 'TEXT'
  /** JSON list of `ColumnInfo`. */
  columns: string
  /** Key of the store for managed data, otherwise a URI; see `store-addresses.ts`. */
  storage_location: string
  comment: string | null
  properties: string
}

export interface StagingTableRow {
  id: string
  schema_id: string
  name: string
  staging_location: string
  owner: string
  created_at: number
}

export interface VolumeRow extends Authorship {
  volume_id: string
  schema_id: string
  name: string
  volume_type: 'MANAGED' | 'EXTERNAL'
  storage_location: string
  comment: string | null
}

export interface ImportedUserRow {
  principal_id: string
}

export interface OpenUploadRow {
  upload_id: string
  principal_id: string
  blob_key: string
  bytes: number
  created_at: number
}

export interface CatalogSchema extends AuthSchema {
  imported_users: ImportedUserRow
  catalogs: CatalogRow
  schemas: SchemaRow
  tables: TableRow
  staging_tables: StagingTableRow
  volumes: VolumeRow
  open_uploads: OpenUploadRow
}
