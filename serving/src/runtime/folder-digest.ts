import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** Passes the chunks of a stream on, and adds them to the hash. */
export const hashWhilePassing = (hash: ReturnType<typeof createHash>) =>
  async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk)
      yield chunk
    }
  }

/** SHA-256 of the paths and contents of files. @param files SHA-256 of the contents by path */
export function digestOfFiles(files: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256')
  for (const path of [...files.keys()].sort()) hash.update(`${files.get(path)} ${path}\n`)
  return hash.digest('hex')
}

/** SHA-256 of the paths and contents of all files of a folder. */
export const digestOfFolder = async (folder: string) => digestOfFiles(await fileDigests(folder))

async function fileDigests(folder: string): Promise<Map<string, string>> {
  const digests = new Map<string, string>()
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const hash = createHash('sha256')
    await pipeline(createReadStream(file), hash)
    digests.set(relative(folder, file), hash.digest('hex'))
  }
  return digests
}
