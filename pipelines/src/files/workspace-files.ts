import { invalid, missing } from '@cairn/platform/errors'
import { ExportWorkspaceObject, GetWorkspaceStatus } from '@cairn/platform/protocol/databricks/workspace'
import { download } from './download.js'
import { type FileSource, MAX_FILE_BYTES, tooLarge } from './task-files.js'

export const isWorkspacePath = (path: string) => /^\/(Workspace|Users|Shared)\/./.test(path)

/** A file or Python notebook of the workspace, which the principal of the task may read. */
export const workspaceFiles: FileSource = {
  form: '/Workspace/…, /Users/… or /Shared/… of the workspace',
  matches: isWorkspacePath,
  async read(path, context) {
    const { object_type, language, size = 0 } = await context.client(GetWorkspaceStatus, { path })
    if (object_type === 'DIRECTORY') throw missing(`'${path}' is a folder.`)
    if (object_type === 'NOTEBOOK' && language !== 'PYTHON')
      throw invalid(`'${path}' is a notebook in ${language}; tasks run notebooks in Python.`)
    if (size > MAX_FILE_BYTES) throw tooLarge(path)
    const query = new URLSearchParams({ path, format: 'AUTO', direct_download: 'true' })
    return download(`${ExportWorkspaceObject.path}?${query}`, path, context)
  },
}
