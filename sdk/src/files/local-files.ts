import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { Readable } from 'node:stream'
import type { Content } from '../transport.js'

/** Opens a file with its current size; bytes appended while it is read are ignored. @throws TypeError for a folder */
export async function fileContent(path: string): Promise<Content> {
  const found = await stat(path)
  if (found.isDirectory()) throw new TypeError(`${path} is a folder; use logArtifacts for folders`)
  const { size } = found
  // Files below /proc have size 0 for `stat`. They are read to the end, and the size mismatch fails the upload.
  const range = size > 0 ? { end: size - 1 } : {}
  return { size, open: () => Readable.toWeb(createReadStream(path, range)) as ReadableStream<Uint8Array> }
}

/** Returns every regular file of a folder. Symbolic links are skipped, as they may point outside. */
export async function readFolder(folder: string): Promise<Record<string, Content>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files: Record<string, Content> = {}
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path).replaceAll(sep, '/')
    files[name] = name === 'MLmodel' ? await readFile(path, 'utf8') : await fileContent(path)
  }
  return files
}
