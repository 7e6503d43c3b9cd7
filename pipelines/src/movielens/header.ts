import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { ApiError, invalid } from '@cairn/platform/errors'
import type { Layout, RawColumn } from './layouts.js'

const MAX_LINE_BYTES = 64 * 1024

/**
 * The columns of a file in its order: known columns with our names and types, others as text.
 *
 * @throws INVALID_PARAMETER_VALUE naming the file, and the missing or duplicate column
 */
export async function readHeaderColumns(path: string, layout: Layout): Promise<RawColumn[]> {
  const line = await firstLine(path, layout.file)
  const cells = line.split(layout.separator).map((cell) => cell.trim())
  if (!layout.hasHeader) {
    if (cells.length < layout.columns.length)
      throw invalid(
        `${layout.file} has ${cells.length} columns; '${layout.columns[cells.length]?.header}' is missing.`,
      )
    return [...layout.columns]
  }
  const names = cells.map((cell) => cell.replace(/^"(.*)"$/, '$1'))
  const missing = layout.columns.find((column) => !names.includes(column.header))
  if (missing)
    throw invalid(
      `${layout.file} has no column '${missing.header}', only: ${names.join(', ').slice(0, 200)}.`,
    )
  const duplicate = names.find((name, i) => names.indexOf(name) !== i)
  if (duplicate !== undefined) throw invalid(`${layout.file} has two columns '${duplicate}'.`)
  return names.map(
    (header, i) =>
      layout.columns.find((column) => column.header === header) ?? {
        header,
        name: `other_${i}`,
        type: 'VARCHAR',
      },
  )
}

/** The first line of a plain or gzipped file, without byte order mark and line end. */
export async function firstLine(path: string, file: string): Promise<string> {
  const status = await stat(path).catch((cause) => {
    throw invalid(`${file} cannot be read.`, { cause })
  })
  if (status.isDirectory()) throw invalid(`${file} is a folder.`)
  const head = path.endsWith('.gz') ? await readGzipHead(path, file) : await readHead(path)
  const end = head.indexOf('\n')
  if (head.length === 0) throw invalid(`${file} is empty.`)
  if (end < 0 && head.length >= MAX_LINE_BYTES) throw invalid(`${file} is not text: it has no line end.`)
  const line = head.subarray(0, end < 0 ? head.length : end).toString('latin1')
  return Buffer.from(line, 'latin1')
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .replace(/\r$/, '')
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_LINE_BYTES), 0, MAX_LINE_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function readGzipHead(path: string, file: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  const source = createReadStream(path)
  const unzipped = source.pipe(createGunzip())
  source.on('error', (error) => unzipped.destroy(error)) // pipe does not forward errors
  try {
    for await (const chunk of unzipped) {
      chunks.push(chunk as Buffer)
      bytes += (chunk as Buffer).length
      if (bytes >= MAX_LINE_BYTES) break
    }
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw invalid(`${file} is not a complete gzip file.`, { cause: error })
  }
  return Buffer.concat(chunks)
}

/** Some files of the older editions are Latin-1. A file that decodes as UTF-8 counts as UTF-8. */
export async function isUtf8(path: string): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of createReadStream(path)) decoder.decode(chunk as Buffer, { stream: true })
    decoder.decode()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error
    return false
  }
}
