import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { Readable } from 'node:stream'
import type { ModelFiles } from '../models/model-files.js'
import type { Content } from '../transport.js'

/** A file as long as it is now: what a log gains while it is read is left out. @throws TypeError for a folder */
export async function fileContent(path: string): Promise<Content> {
  const found = await stat(path)
  if (found.isDirectory()) throw new TypeError(`${path} is a folder: logArtifacts takes folders`)
  const { size } = found
  // What is empty for `stat` alone, as below /proc, is read to its end, and refused for having one.
  const part = size > 0 ? { end: size - 1 } : {}
  return { size, open: () => Readable.toWeb(createReadStream(path, part)) as ReadableStream<Uint8Array> }
}

/** Every regular file below a folder; links are left out, they may lead anywhere. */
export async function readFolder(folder: string): Promise<ModelFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files: ModelFiles = {}
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path).replaceAll(sep, '/')
    files[name] = name === 'MLmodel' ? await readFile(path, 'utf8') : await fileContent(path)
  }
  return files
}
