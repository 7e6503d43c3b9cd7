import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { invalid } from '@cairn/platform/errors'
import { boundedLines } from '../client/bounded-lines.js'
import { toWirePoints } from '../copying/target/run-import.js'
import type { TransferRecord } from './records.js'

/** Twice the server's limit for a request, so longer than any record. */
const MAX_LINE = 32 * 1024 * 1024

/** The file appears under its name only when it is complete. */
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

/** @throws INVALID_PARAMETER_VALUE with the line number of a malformed record */
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
    // Reported below.
  }
  throw invalid(`${where} is not a record of exported runs.`)
}

const portable = (record: TransferRecord): TransferRecord =>
  record.kind === 'metrics' ? { ...record, points: toWirePoints(record.points) } : record
