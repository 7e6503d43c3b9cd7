import { invalid, missing } from '@cairn/platform/errors'
import { readAnswer } from '@cairn/platform/protocol/client'
import { ExportWorkspaceObject, GetWorkspaceStatus } from '@cairn/platform/protocol/workspace'
import { type FileSource, MAX_FILE_BYTES, tooLarge } from './task-files.js'

export const isWorkspacePath = (path: string) => /^\/(Workspace|Users|Shared)\/./.test(path)

/** A file or Python notebook of the workspace, which the principal of the task may read. */
export const workspaceFiles: FileSource = {
  form: '/Workspace/…, /Users/… or /Shared/… of the workspace',
  matches: isWorkspacePath,
  async read(path, { client, server, signal }) {
    const { object_type, language, size = 0 } = await client(GetWorkspaceStatus, { path })
    if (object_type === 'DIRECTORY') throw missing(`'${path}' is a folder.`)
    if (object_type === 'NOTEBOOK' && language !== 'PYTHON')
      throw invalid(`'${path}' is a notebook in ${language}; tasks run notebooks in Python.`)
    if (size > MAX_FILE_BYTES) throw tooLarge(path)
    const query = new URLSearchParams({ path, format: 'AUTO', direct_download: 'true' })
    const response = await fetch(`${server.url}${ExportWorkspaceObject.path}?${query}`, {
      headers: { authorization: `Bearer ${server.token}` },
      signal,
    })
    if (!response.ok) await readAnswer(response)
    const bytes = await response.bytes()
    if (bytes.length > MAX_FILE_BYTES) throw tooLarge(path) // It was replaced meanwhile.
    return bytes
  },
}
