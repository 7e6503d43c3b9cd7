import { type FileHandle, mkdir, open, readdir, rename, rmdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { hasEnded } from '../holder-folder.js'

/** A finished file of rows for one table. */
export interface SpoolFile {
  /** Unique. Names the commit that uploads it. */
  readonly id: string
  readonly path: string
  readonly tableId: string
  readonly bytes: number
}

const EXTENSION = '.ndjson'

/** An open file on the local disk to which the rows of one table are appended. */
export class Spool {
  readonly #file: SpoolFile
  readonly #handle: FileHandle
  rows = 0
  bytes = 0

  private constructor(file: SpoolFile, handle: FileHandle) {
    this.#file = file
    this.#handle = handle
  }

  /** @param folder of this process; its name is unique */
  static async open(folder: string, tableId: string, number: number): Promise<Spool> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const file = spoolFile(folder, `${tableId}.${basename(folder)}-${number}${EXTENSION}`)
    return new Spool(file, await open(file.path, 'ax', 0o600))
  }

  /** Appended rows survive a crash of the process at once, and a power failure once the operating system has written them. */
  async append(bytes: Uint8Array, rows: number): Promise<void> {
    await this.#handle.appendFile(bytes)
    this.rows += rows
    this.bytes += bytes.byteLength
  }

  async close(): Promise<SpoolFile> {
    await this.#handle.close()
    return { ...this.#file, bytes: this.bytes }
  }
}

const spoolFile = (folder: string, name: string): SpoolFile => ({
  id: name,
  path: join(folder, name),
  tableId: name.split('.')[0]!,
  bytes: 0,
})

/**
 * Takes over the files of processes that have ended. Each file is taken by one process.
 *
 * @param root has a folder for each process, named by its id
 * @param own id of this process
 */
export async function takeLeftovers(root: string, own: string): Promise<SpoolFile[]> {
  const taken: SpoolFile[] = []
  for (const holder of await readdir(root).catch(() => [])) {
    const folder = join(root, holder)
    if (holder === own || !(await hasEnded(holder, folder))) continue
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(EXTENSION))
    if (names.length > 0) await mkdir(join(root, own), { recursive: true, mode: 0o700 })
    for (const name of names) {
      const file = spoolFile(join(root, own), name)
      const isOurs = await rename(join(folder, name), file.path).then(
        () => true,
        () => false,
      )
      if (isOurs) taken.push(file)
    }
    await rmdir(folder).catch(() => undefined)
  }
  return taken
}
