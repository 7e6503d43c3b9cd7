import type { DeltaField } from './columns.js'

/** The actions of a Delta log that reader version 1 and writer version 2 know. One object a line, one key each. */
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
  /** Relative to the table's root; percent-encoded in the log, plain everywhere else. */
  readonly path: string
  readonly partitionValues: Readonly<Record<string, string | null>>
  /** Bytes. */
  readonly size: number
  readonly modificationTime: number
  readonly dataChange: boolean
  /** JSON: `{"numRecords", "minValues", "maxValues", "nullCount"}`. */
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

/** A table as of one version. */
export interface DeltaSnapshot {
  readonly version: number
  readonly protocol: DeltaProtocol
  readonly metadata: DeltaMetadata
  readonly fields: readonly DeltaField[]
  /** Live files, by path. */
  readonly files: readonly DeltaAdd[]
}

/** Rows of a snapshot where every file says how many it holds. */
export function rowsOf(snapshot: DeltaSnapshot): number | undefined {
  let rows = 0
  for (const { stats } of snapshot.files) {
    const count = stats === undefined ? undefined : recordsIn(stats)
    if (typeof count !== 'number') return undefined
    rows += count
  }
  return rows
}

/** Statistics are a help, and no reason not to read: what is not JSON says nothing. */
function recordsIn(stats: string): unknown {
  try {
    return (JSON.parse(stats) as { numRecords?: unknown } | null)?.numRecords
  } catch {
    return undefined
  }
}
