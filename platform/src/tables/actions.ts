import type { DeltaField } from './columns.js'

/** The actions of a Delta log of reader version 1 and writer version 2: one object per line with one key each. */
export interface DeltaAction {
  readonly commitInfo?: Readonly<Record<string, unknown>>
  readonly protocol?: DeltaProtocol
  readonly metaData?: DeltaMetadata
  readonly add?: DeltaAdd
  readonly remove?: DeltaRemove
}

export interface DeltaProtocol {
  readonly minReaderVersion: number
  readonly minWriterVersion: number
  readonly readerFeatures?: readonly string[]
}

export interface DeltaMetadata {
  readonly id: string
  readonly name?: string
  readonly format: { readonly provider: string; readonly options: Readonly<Record<string, string>> }
  readonly schemaString: string
  readonly partitionColumns: readonly string[]
  readonly configuration: Readonly<Record<string, string>>
  readonly createdTime?: number
}

export interface DeltaAdd {
  /** The path relative to the table's root, which is percent-encoded only in the log. */
  readonly path: string
  readonly partitionValues: Readonly<Record<string, string | null>>
  /** The number of bytes. */
  readonly size: number
  readonly modificationTime: number
  readonly dataChange: boolean
  /** JSON of `{"numRecords", "minValues", "maxValues", "nullCount"}`. */
  readonly stats?: string
  readonly deletionVector?: unknown
}

export interface DeltaRemove {
  readonly path: string
  readonly deletionTimestamp: number
  readonly dataChange: boolean
  readonly extendedFileMetadata?: boolean
  readonly partitionValues?: Readonly<Record<string, string | null>>
  readonly size?: number
}

/** A version of a table. */
export interface DeltaSnapshot {
  readonly version: number
  readonly protocol: DeltaProtocol
  readonly metadata: DeltaMetadata
  readonly fields: readonly DeltaField[]
  /** The live files by path. */
  readonly files: readonly DeltaAdd[]
}

/** Returns the number of rows, if the statistics of all files contain it. */
export function rowsOf(snapshot: DeltaSnapshot): number | undefined {
  let rows = 0
  for (const { stats } of snapshot.files) {
    const count = stats === undefined ? undefined : recordsIn(stats)
    if (typeof count !== 'number') return undefined
    rows += count
  }
  return rows
}

/** Parses statistics, which are optional, so that malformed JSON is ignored. */
function recordsIn(stats: string): unknown {
  try {
    return (JSON.parse(stats) as { numRecords?: unknown } | null)?.numRecords
  } catch {
    return undefined
  }
}
