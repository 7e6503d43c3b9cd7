import { invalid } from '@cairn/platform/errors'
import type { WorkspaceFormat } from '@cairn/platform/protocol/databricks/workspace'
import type { WorkspaceObjectRow } from '../schema.js'
import { SYNTAX } from './notebook.js'
import type { NotebookThread } from './notebook-thread.js'
import { nameOf } from './path.js'

/** Returns whether the stored content is exported unchanged. @throws INVALID_PARAMETER_VALUE for a format that the object lacks */
export function isExportedAsStored(
  { path, type, format: stored }: WorkspaceObjectRow,
  format: WorkspaceFormat,
): boolean {
  if (type === 'DIRECTORY') throw invalid(`Path (${path}) is a folder: export what is in it.`)
  if (type === 'FILE') {
    if (format === 'JUPYTER')
      throw invalid(`'format': Path (${path}) is a file, which has no format JUPYTER.`)
    return true
  }
  if (format === 'RAW')
    throw invalid(`'format': Path (${path}) is a notebook: export it as SOURCE or JUPYTER.`)
  return format === 'AUTO' || format === stored
}

/** Converts the content of a notebook to the other format. */
export const convertContent = (
  { format, language }: WorkspaceObjectRow,
  text: string,
  notebooks: NotebookThread,
): Promise<string> =>
  notebooks.convert({ work: format === 'SOURCE' ? 'JUPYTER' : 'SOURCE', text, language: language! })

/** The extension of the exported file. */
export function fileTypeOf(
  { path, type, format, language }: WorkspaceObjectRow,
  isAsStored: boolean,
): string {
  if (type === 'FILE') return /\.(\w+)$/.exec(nameOf(path))?.[1] ?? ''
  return (format === 'JUPYTER') === isAsStored ? 'ipynb' : SYNTAX[language!].extension
}
