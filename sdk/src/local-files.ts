import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { ModelFiles } from './model-files.js'
import type { Content } from './transport.js'

export async function fileContent(path: string): Promise<Content> {
  const { size } = await stat(path)
  return { size, open: () => Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array> }
}

/** Every regular file below a folder; links are left out, they may lead anywhere. */
export async function readFolder(folder: string): Promise<ModelFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files: ModelFiles = {}
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const relative = path.slice(folder.replace(/\/+$/, '').length + 1).replaceAll('\\', '/')
    files[relative] = relative === 'MLmodel' ? await readFile(path, 'utf8') : await fileContent(path)
  }
  return files
}
