import type { Columns } from '@cairn/platform/db/dialect'
import type { SchemaVersion } from './schema.js'

/** The records of a portable backup, in this order: the header, each table before its rows, and the end. */
export type BackupRecord = BackupHeader | TableStart | TableRows | BackupEnd

export interface BackupHeader {
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
export interface TableRows {
  readonly kind: 'rows'
  /** Rows of the previous table, as values in the order of its columns; bigints are text. */
  readonly rows: readonly (readonly unknown[])[]
}
export interface BackupEnd {
  readonly kind: 'end'
  /** The number of rows of each table. */
  readonly tables: Readonly<Record<string, number>>
}
