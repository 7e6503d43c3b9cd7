import { useQuery } from '@tanstack/react-query'
import { decompress } from 'fzstd'
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { useTranslation } from 'react-i18next'
import { type ArtifactRoot, getArtifactPart } from '../api/artifacts.js'
import { queryKeys } from '../api/query-keys.js'
import { useFormat } from '../i18n/format.js'
import { DataTable } from './data-table.js'
import { Loaded, Unreadable } from './file-states.js'
import { fromRecords, type TableData } from './json-table.js'
import { baseName } from './viewer-kind.js'
import type { ViewerProps } from './viewer-props.js'

const ROWS = 1000
/** The column pages of the first rows are read completely. */
const MAX_BYTES = 64_000_000
const KEPT_MS = 30_000
/** In addition to Snappy, which the reader includes. */
const COMPRESSORS = Object.fromEntries([['ZSTD', (input: Uint8Array) => decompress(input)]])

type Sample = { readonly data: TableData; readonly total: number } | { readonly unreadable: string }

/** The first rows of a Parquet file, of which only the footer and the first row group are read. */
export function ParquetFile({ root, path }: ViewerProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const file = useQuery({
    queryKey: queryKeys.artifact(root, path, 'parquet'),
    queryFn: ({ signal }) => readSample(root, path, signal),
    gcTime: KEPT_MS,
    structuralSharing: false,
  })
  return (
    <Loaded file={file}>
      {(sample) =>
        'unreadable' in sample ? (
          <Unreadable>{t('viewer.noParquet', { problem: sample.unreadable })}</Unreadable>
        ) : (
          <DataTable
            name={baseName(path)}
            data={sample.data}
            note={
              sample.total > sample.data.rows.length &&
              t('viewer.ofRows', { total: format.integer(sample.total) })
            }
          />
        )
      }
    </Loaded>
  )
}

async function readSample(root: ArtifactRoot, path: string, signal: AbortSignal): Promise<Sample> {
  const { total } = await getArtifactPart(root, path, { start: 0, end: 1 }, signal)
  const file: AsyncBuffer = {
    byteLength: total,
    slice: async (start, end = total) => (await getArtifactPart(root, path, { start, end }, signal)).bytes,
  }
  try {
    const metadata = await parquetMetadataAsync(file)
    const bytes = Number(metadata.row_groups[0]?.total_byte_size ?? 0)
    if (bytes > MAX_BYTES) return { unreadable: `${bytes} B > ${MAX_BYTES} B` }
    const rows = await parquetReadObjects({
      ...{ file, metadata, rowStart: 0, rowEnd: ROWS },
      compressors: COMPRESSORS,
    })
    const columns = columnsOf(metadata)
    const data = rows.length > 0 ? fromRecords(rows) : { columns, rows: [] }
    return { data, total: Number(metadata.num_rows) }
  } catch (error) {
    if (signal.aborted) throw error
    return { unreadable: error instanceof Error ? error.message : String(error) }
  }
}

/** The first element of the schema is its root. */
const columnsOf = ({ schema }: FileMetaData) => schema.slice(1).map(({ name }) => name)
