import type { ReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Config } from '@cairn/platform/config'
import { missing } from '@cairn/platform/errors'
import { importPaths } from '../movielens/import-paths.js'
import { type AttemptContext, requireServices } from '../task-kinds/task.js'
import { type FileSource, MAX_FILE_BYTES, tooLarge } from './task-files.js'

/** One of the job's `files`. */
export const inlineFiles: FileSource = {
  form: "the name of one of the job's files",
  matches: (path, { files = {} }) => Object.hasOwn(files, path),
  read: async (path, { job }) => Buffer.from(job.files![path]!),
}

export const isLocalPath = (path: string) => /^file:\/(\/\/)?(?!\/)./.test(path)

/** A file of the server below its import folders, or any file for the owner of a server without sign-in. */
export const localFiles: FileSource = {
  form: 'file:/path below an import folder of the server',
  matches: isLocalPath,
  async read(path, context) {
    const file = await openLocalFile(path, context, requireServices(context).services.config)
    return file.read()
  },
}

export interface LocalFile {
  readonly size: number
  /** Closes the file at its end, like `read`. */
  stream(): ReadStream
  read(): Promise<Uint8Array>
}

/** @throws PERMISSION_DENIED, RESOURCE_DOES_NOT_EXIST or INVALID_PARAMETER_VALUE naming the path */
export async function openLocalFile(
  path: string,
  task: Pick<AttemptContext, 'writer' | 'principal'>,
  config: Config,
): Promise<LocalFile> {
  const local = path.replace(/^file:(\/\/)?/, '')
  const found = await importPaths(config, task, []).resolve(local, path)
  const file = await open(found, 'r').catch(() => {
    throw missing(`'${path}' does not exist.`)
  })
  const size = await sizeOf(file, path).catch(async (error) => {
    await file.close()
    throw error
  })
  return {
    size,
    stream: () => file.createReadStream({ start: 0 }),
    read: () => file.readFile().finally(() => file.close()),
  }
}

async function sizeOf(file: FileHandle, path: string): Promise<number> {
  const status = await file.stat()
  if (!status.isFile()) throw missing(`'${path}' is not a file.`)
  if (status.size > MAX_FILE_BYTES) throw tooLarge(path)
  return status.size
}
