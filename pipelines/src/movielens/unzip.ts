import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import { isDiskFull } from '@cairn/platform/blobs/disk-errors'
import { ApiError, invalid } from '@cairn/platform/errors'
import { type Entry, openPromise, type ZipFile } from 'yauzl'

/** Limits against zip bombs. The largest file of any edition has 900 MB, and text compresses far less than 100:1. */
const MAX_FILE_BYTES = 16 * 1024 ** 3
const MAX_ENTRIES = 10_000
const MAX_RATIO = 100
const SMALL_BYTES = 1024 * 1024

export interface UnzipOptions {
  readonly signal?: AbortSignal | undefined
  readonly onBytes?: (done: number, total: number) => void
}

export interface UnzippedFile {
  /** The folder in the archive; `''` for the top level. */
  readonly folder: string
  readonly name: string
  readonly path: string
}

/**
 * Extracts the entries with a wanted base name into `folder`, under generated names. Sizes and checksums are verified
 * while extracting.
 *
 * @throws INVALID_PARAMETER_VALUE naming the archive and the entry: truncated, damaged, encrypted, a zip bomb, or an
 *   entry outside of the folder
 */
export async function unzip(
  archive: string,
  folder: string,
  wanted: (name: string) => boolean,
  options: UnzipOptions = {},
): Promise<UnzippedFile[]> {
  const name = basename(archive)
  const zip = await openPromise(archive, {
    lazyEntries: true,
    autoClose: false,
    strictFileNames: true,
  }).catch((error) => {
    throw zipError(error, name)
  })
  try {
    const { size } = await stat(archive)
    const entries = await wantedEntries(zip, name, wanted)
    const total = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0)
    for (const entry of entries) rejectBomb(entry, name, size)
    let done = 0
    const files: UnzippedFile[] = []
    for (const [i, entry] of entries.entries()) {
      const path = join(folder, `${i}-${basename(entry.fileName)}`)
      const onBytes = (bytes: number) => {
        done += bytes
        options.onBytes?.(done, total)
      }
      await extract(zip, { entry, path, archive: name, signal: options.signal, onBytes })
      const parent = dirname(entry.fileName)
      files.push({ folder: parent === '.' ? '' : parent, name: basename(entry.fileName), path })
    }
    return files
  } finally {
    zip.close()
  }
}

/** Checks all names, wanted or not: an archive with an entry that points outside is rejected as a whole. */
async function wantedEntries(
  zip: ZipFile,
  archive: string,
  wanted: (name: string) => boolean,
): Promise<Entry[]> {
  if (zip.entryCount > MAX_ENTRIES)
    throw invalid(`${archive} contains ${zip.entryCount} files, more than any MovieLens archive.`)
  const entries: Entry[] = []
  try {
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith('/') && wanted(basename(entry.fileName))) entries.push(entry)
    }
  } catch (error) {
    throw zipError(error, archive)
  }
  return entries
}

function rejectBomb(entry: Entry, archive: string, archiveBytes: number): void {
  const { fileName, compressedSize, uncompressedSize } = entry
  if (!entry.canDecodeFileData())
    throw invalid(`${archive}: '${fileName}' is encrypted or uses an unsupported compression.`)
  const ratio = uncompressedSize / Math.max(Math.min(compressedSize, archiveBytes), 1)
  if (uncompressedSize > MAX_FILE_BYTES || (uncompressedSize > SMALL_BYTES && ratio > MAX_RATIO))
    throw invalid(`${archive}: '${fileName}' claims ${uncompressedSize} bytes, more than any MovieLens file.`)
}

interface Extraction {
  readonly entry: Entry
  /** The file to write. */
  readonly path: string
  /** The name of the archive, for messages. */
  readonly archive: string
  readonly signal: AbortSignal | undefined
  readonly onBytes: (bytes: number) => void
}

/** Verifies the checksum; yauzl itself verifies the size. */
async function extract(zip: ZipFile, { entry, path, archive, signal, onBytes }: Extraction): Promise<void> {
  let checksum = 0
  const checked = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      checksum = crc32(chunk, checksum)
      onBytes(chunk.length)
      yield chunk
    }
  }
  try {
    const stream = await zip.openReadStreamPromise(entry)
    await pipeline(stream, checked, createWriteStream(path, { flags: 'wx' }), signal ? { signal } : {})
  } catch (error) {
    if (signal?.aborted) throw new ApiError('CANCELLED', 'The import was cancelled.', { cause: error })
    throw zipError(error, `${archive}: '${entry.fileName}'`)
  }
  if (checksum !== entry.crc32)
    throw invalid(`${archive}: '${entry.fileName}' is damaged: its checksum differs.`)
}

function zipError(error: unknown, what: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (error instanceof ApiError) return error
  if (isDiskFull(error))
    return new ApiError('INSUFFICIENT_STORAGE', `No space left on the disk to unpack ${what}.`, {
      cause: error,
    })
  if (code === 'ENOENT') return invalid(`${what} does not exist.`, { cause: error })
  if (code?.startsWith('E') && !code.startsWith('ERR')) return error
  return invalid(`${what} is not a complete zip archive: ${message}`, { cause: error })
}
