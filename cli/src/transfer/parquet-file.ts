import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { invalid, messageOf } from '@cairn/platform/errors'
import { openSession, sqlText, withDuckDb } from '@cairn/platform/tables/duckdb'
import { BATCH, type Point } from '../copying/sources/source.js'
import { parseRecord } from './jsonl-file.js'
import type { TransferRecord } from './records.js'

const COLUMNS =
  "{place: 'BIGINT', kind: 'VARCHAR', run_id: 'VARCHAR', key: 'VARCHAR', value: 'VARCHAR', timestamp: 'BIGINT', step: 'BIGINT', record: 'VARCHAR'}"

/**
 * Writes one row per metric point, for other programs to read, and one row with JSON for every other record. `place` is
 * the row number; parameters are in the record of their run.
 */
export async function writeParquet(file: string, records: AsyncIterable<TransferRecord>): Promise<void> {
  const rows = `${file}.rows`
  const partial = `${file}.partial`
  try {
    await pipeline(Readable.from(toRows(records)), createWriteStream(rows))
    await withDuckDb((connection) =>
      connection.run(`copy (select place, kind, run_id, key, cast(value as double) as value, timestamp, step, record
        from read_json(${sqlText(rows)}, format = 'newline_delimited', columns = ${COLUMNS}, maximum_object_size = 67108864))
        to ${sqlText(partial)} (format parquet, compression zstd)`),
    )
    await rename(partial, file)
  } finally {
    await Promise.all([rows, partial].map((path) => rm(path, { force: true })))
  }
}

async function* toRows(records: AsyncIterable<TransferRecord>): AsyncGenerator<string> {
  let place = 0
  let run_id: string | undefined
  for await (const record of records) {
    if (record.kind === 'run') run_id = record.run.run_id
    const rows =
      record.kind === 'metrics'
        ? record.points.map((point) => ({ kind: 'metric', run_id, ...point, value: String(point.value) }))
        : [{ kind: record.kind, run_id, record: JSON.stringify(record) }]
    yield rows.map((row) => `${JSON.stringify({ place: place++, ...row })}\n`).join('')
  }
}

/** @throws INVALID_PARAMETER_VALUE for any other file */
export async function* readParquet(file: string): AsyncGenerator<TransferRecord> {
  const session = await openSession()
  let points: Point[] = []
  try {
    const result =
      await session.connection.stream(`select kind, key, value, cast(timestamp as double) as timestamp,
      cast(step as double) as step, record from read_parquet(${sqlText(file)}) order by place`)
    for (
      let chunk = await result.fetchChunk();
      chunk && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    )
      for (const [kind, key, value, timestamp, step, record] of chunk.getRows()) {
        const isPoint = kind === 'metric'
        if (points.length >= BATCH || (!isPoint && points.length > 0)) {
          yield { kind: 'metrics', points }
          points = []
        }
        if (isPoint)
          points.push({
            key: String(key),
            value: Number(value),
            timestamp: Number(timestamp),
            step: Number(step),
          })
        else yield parseRecord(String(record), file)
      }
  } catch (error) {
    throw explain(file, session.failure(error))
  } finally {
    session.close()
  }
}

/** Drops the SQL that DuckDB quotes in its messages: the user did not write it. */
function explain(file: string, failure: unknown): unknown {
  const [firstLine = ''] = messageOf(failure).split('\n')
  if (!/^(Invalid Input|Binder) Error/.test(firstLine)) return failure
  return invalid(`${file} is not an export of runs, or is incomplete: ${firstLine}`, { cause: failure })
}
