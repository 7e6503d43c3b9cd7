import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Parts of uploads that a server which came up again has not swept away; an S3 store keeps none on this disk. */
export async function unfinishedUploads(folder: string): Promise<string[]> {
  return readdir(join(folder, 'artifacts', '.incoming')).catch(() => [])
}
