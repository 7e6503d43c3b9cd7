import type { Blobs } from '@cairn/platform/blobs/blobs'
import { normalizeKey } from '@cairn/platform/blobs/path'
import { invalid } from '@cairn/platform/errors'

const MEBIBYTE = 1024 ** 2
/** Parsing one file blocks the event loop. */
const MAX_FILE_BYTES = 8 * MEBIBYTE
const MAX_BYTES = 64 * MEBIBYTE

/** Any principal with write access to a table can write its log. @throws INVALID_PARAMETER_VALUE for a log that takes long to parse */
export async function requireSmallLog(blobs: Blobs, key: string, table: string): Promise<void> {
  const { blobs: files } = await blobs.list(`${normalizeKey(key)}/_delta_log`)
  const largest = files.reduce((most, { size }) => Math.max(most, size), 0)
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  if (largest > MAX_FILE_BYTES || bytes > MAX_BYTES)
    throw invalid(
      `the log of table '${table}' has ${bytes} bytes, and ${largest} in one file; the limits are ${MAX_BYTES} and ${MAX_FILE_BYTES}.`,
    )
}
