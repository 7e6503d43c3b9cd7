import { basename } from 'node:path'
import { invalid } from '@cairn/platform/errors'
import { isWorkspacePath } from '../../files/workspace-files.js'
import type { Preparation, ProcessServices } from '../../processes/process-attempt.js'
import type { CheckedTask } from '../../task-kinds/task-kind.js'

interface CodeFile {
  readonly path: string
  readonly source: 'WORKSPACE' | 'GIT' | undefined
  /** The name of the setting, for messages. */
  readonly field: string
}

/** @throws INVALID_PARAMETER_VALUE for a file that no task can read, FEATURE_DISABLED when this server runs no code */
export function checkFile(
  { path, source, field }: CodeFile,
  { job, where }: CheckedTask,
  { processes, files }: ProcessServices,
): void {
  processes.requireEnabled(where)
  if (source === 'GIT') throw invalid(`${where}.source: GIT is not supported.`)
  if (path.includes('{{')) return // The path is known when the task starts.
  if (source === 'WORKSPACE' && !isWorkspacePath(path))
    throw invalid(
      `${where}.source: WORKSPACE needs a path below /Workspace, /Users or /Shared; '${path}' is not.`,
    )
  files.check(path, job, `${where}.${field}`)
}

/** Writes a script into the working folder: one of the job's files where it is, others at the top. @returns its path */
export async function writeScript(
  path: string,
  { context, folder }: Preparation,
  { files }: ProcessServices,
): Promise<string> {
  const bytes = await files.read(path, context)
  return folder.write(Object.hasOwn(context.job.files ?? {}, path) ? path : basename(path), bytes)
}

/** Writes a notebook; one of the workspace has no extension, so its content determines the format. @returns its path */
export async function writeNotebook(
  path: string,
  preparation: Preparation,
  services: ProcessServices,
): Promise<string> {
  if (/\.(py|ipynb)$/.test(path)) return writeScript(path, preparation, services)
  const bytes = await services.files.read(path, preparation.context)
  const isJupyter = Buffer.from(bytes.subarray(0, 100)).toString().trimStart().startsWith('{')
  return preparation.folder.write(`${basename(path)}.${isJupyter ? 'ipynb' : 'py'}`, bytes)
}
