import { open } from 'node:fs/promises'
import { missing } from '@cairn/platform/errors'
import { requireServices } from '../engine/task.js'
import { importPaths } from '../movielens/import-paths.js'
import { type FileSource, MAX_FILE_BYTES, tooLarge } from './task-files.js'

/** One of the job's `files`. */
export const inlineFiles: FileSource = {
  form: "the name of one of the job's files",
  matches: (path, { files = {} }) => Object.hasOwn(files, path),
  read: async (path, { job }) => Buffer.from(job.files![path]!),
}

/** A file of the server below its import folders, or anywhere for the owner alone on a machine. */
export const localFiles: FileSource = {
  form: 'file:/path below an import folder of the server',
  matches: (path) => /^file:\/(\/\/)?(?!\/)./.test(path),
  async read(path, context) {
    const local = path.replace(/^file:(\/\/)?/, '')
    const found = await importPaths(requireServices(context).services.config, context, []).resolve(local, path)
    const file = await open(found, 'r').catch(() => {
      throw missing(`'${path}' does not exist.`)
    })
    try {
      const status = await file.stat()
      if (!status.isFile()) throw missing(`'${path}' is not a file.`)
      if (status.size > MAX_FILE_BYTES) throw tooLarge(path)
      return await file.readFile()
    } finally {
      await file.close()
    }
  },
}
