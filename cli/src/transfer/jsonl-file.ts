import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { invalid } from '@cairn/platform/errors'
import { boundedLines } from '../client/lines.js'
import { onWire } from '../copying/target/run-import.js'
import type { TransferRecord } from './records.js'

/** Longer than any record of a server: what one request may hold, twice. */
const MAX_LINE = 32 * 1024 * 1024

/** Visible when it is whole. */
export async function writeLines(file: string, records: AsyncIterable<TransferRecord>): Promise<void> {
  const partial = `${file}.partial`
  const lines = async function* () {
    for await (const record of records) yield `${JSON.stringify(portable(record))}\n`
  }
  try {
    await pipeline(Readable.from(lines()), createWriteStream(partial))
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

/** @throws INVALID_PARAMETER_VALUE naming the line that is no record */
export async function* readLines(file: string): AsyncGenerator<TransferRecord> {
  let number = 0
  for await (const line of boundedLines(createReadStream(file), MAX_LINE)) {
    number++
    yield parseRecord(line, `${file}, line ${number}`)
  }
}

export function parseRecord(line: string, where: string): TransferRecord {
  try {
    const record = JSON.parse(line) as TransferRecord
    if (typeof record === 'object' && record !== null && typeof record.kind === 'string') return record
  } catch {
    // said below
  }
  throw invalid(`${where}: this is no record of exported runs.`)
}

/** NaN and infinities are strings, because JSON has no numbers for them. */
export const portable = (record: TransferRecord): TransferRecord =>
  record.kind === 'metrics' ? { ...record, points: onWire(record.points) } : record
