import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Upload parts that remain after a restart. An S3 store has none on this disk. */
export async function unfinishedUploads(folder: string): Promise<string[]> {
  return readdir(join(folder, 'artifacts', '.incoming')).catch(() => [])
}
