import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { invalid } from '@cairn/platform/errors'
import { boundedLines } from '../client/lines.js'
import type { BackupRecord } from './records.js'

/** Wider than any row that a request could have written, times the rows of a record. */
const MAX_LINE = 512 * 1024 * 1024

/** Records as gzipped lines of JSON; the last line is the digest of all before it. Visible when it is whole. */
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
    await synced(partial)
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

/** @throws INVALID_PARAMETER_VALUE for a file that is none, is cut short or has changed; only at its end for the latter two */
export async function* readPortable(file: string): AsyncGenerator<BackupRecord> {
  const hash = createHash('sha256')
  let found: string | undefined
  const whole = () => found !== undefined && found === hash.digest('hex')
  const source = createReadStream(file)
  const unzipped = createGunzip()
  source.on('error', (error) => unzipped.destroy(error))
  try {
    for await (const line of boundedLines(source.pipe(unzipped), MAX_LINE)) {
      const record = JSON.parse(line) as BackupRecord | { kind: 'digest'; sha256: string }
      if (record.kind === 'digest') found = record.sha256
      else {
        hash.update(`${line}\n`)
        yield record
      }
    }
  } catch (cause) {
    throw invalid(`${file} is no backup of Cairn, or not a whole one.`, { cause })
  }
  if (!whole()) throw invalid(`${file} is not whole: what it holds is not what was written.`)
}

export async function synced(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
