import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { invalid } from '@cairn/platform/errors'
import { boundedLines } from '../client/bounded-lines.js'
import type { BackupRecord } from './records.js'

/** More than the largest row that a request can write, times the rows of a record. */
const MAX_LINE = 512 * 1024 * 1024

/** Writes gzipped JSON lines; the last line is the SHA-256 of the others. The file appears only when it is complete. */
export async function writePortable(file: string, records: AsyncIterable<BackupRecord>): Promise<void> {
  const partial = `${file}.partial`
  const lines = async function* () {
    const hash = createHash('sha256')
    for await (const record of records) {
      const line = `${JSON.stringify(record)}\n`
      hash.update(line)
      yield line
    }
    yield `${JSON.stringify({ kind: 'digest', sha256: hash.digest('hex') })}\n`
  }
  try {
    await pipeline(Readable.from(lines()), createGzip(), createWriteStream(partial))
    await syncToDisk(partial)
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

/** @throws INVALID_PARAMETER_VALUE for another file at once, and at the end for a truncated or changed backup */
export async function* readPortable(file: string): AsyncGenerator<BackupRecord> {
  const hash = createHash('sha256')
  let expected: string | undefined
  const source = createReadStream(file)
  const unzipped = createGunzip()
  source.on('error', (error) => unzipped.destroy(error))
  try {
    for await (const line of boundedLines(source.pipe(unzipped), MAX_LINE)) {
      const record = JSON.parse(line) as BackupRecord | { kind: 'digest'; sha256: string }
      if (record.kind === 'digest') expected = record.sha256
      else {
        hash.update(`${line}\n`)
        yield record
      }
    }
  } catch (cause) {
    throw invalid(`${file} is not a backup of Cairn, or is incomplete.`, { cause })
  }
  if (expected !== hash.digest('hex'))
    throw invalid(`${file} is incomplete or was changed: its digest does not match. Use another backup.`)
}

export async function syncToDisk(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
