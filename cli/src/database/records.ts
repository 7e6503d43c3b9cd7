import type { Columns } from '@cairn/platform/db/dialect'
import type { SchemaVersion } from './schema.js'

/** A backup that any engine can read, record by record: the header, each table before its rows, and the end. */
export type BackupRecord = Header | TableStart | Rows | End

export interface Header {
  readonly kind: 'header'
  readonly format: 1
  readonly created_at: number
  readonly schema: SchemaVersion
}
export interface TableStart {
  readonly kind: 'table'
  readonly name: string
  readonly columns: Columns
}
export interface Rows {
  readonly kind: 'rows'
  /** Of the table named last, each with the values of its columns in order; bigints are text. */
  readonly rows: readonly (readonly unknown[])[]
}
export interface End {
  readonly kind: 'end'
  /** Rows of each table. */
  readonly tables: Readonly<Record<string, number>>
}
