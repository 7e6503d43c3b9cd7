import { ApiError, invalid } from '@cairn/platform/errors'
import type { NotebookLanguage, WorkspaceFormat } from '@cairn/platform/protocol/workspace'
import { headerOf, readJupyter, SYNTAX, withHeader } from './notebook.js'
import type { NewContent } from './objects.js'

/** Databricks' limit of imports; larger files are uploaded by `import-file`. */
export const MAX_IMPORT_BYTES = 10 * 1024 * 1024

export interface ImportRequest {
  readonly path: string
  readonly bytes: Buffer
  readonly format: WorkspaceFormat
  readonly language: NotebookLanguage | undefined
}

/** An object to create, and its content. */
export interface ImportedObject {
  readonly path: string
  readonly bytes: Buffer
  readonly facts: Pick<NewContent, 'type' | 'language' | 'format'>
}

/**
 * Decides whether an import is a notebook or a file. AUTO takes the extension off the path of a notebook.
 *
 * @throws INVALID_PARAMETER_VALUE naming the field; PAYLOAD_TOO_LARGE
 */
export function readImport(request: ImportRequest): ImportedObject {
  const { path, bytes, format } = request
  if (bytes.length > MAX_IMPORT_BYTES)
    throw new ApiError(
      'PAYLOAD_TOO_LARGE',
      `'content' has ${bytes.length} bytes; an import has ${MAX_IMPORT_BYTES} at most.`,
    )
  if (format === 'RAW') return { path, bytes, facts: { type: 'FILE', language: null, format: null } }
  if (format === 'AUTO') return readAuto(request)
  if (format === 'JUPYTER') return { path, ...jupyter(bytes) }
  if (!request.language)
    throw invalid("'language' must be named with the format SOURCE: PYTHON, SQL, SCALA or R.")
  return { path, ...source(bytes, request.language) }
}

function readAuto({ path, bytes }: ImportRequest): ImportedObject {
  const notebook = notebookOf(path, bytes)
  if (!notebook) return { path, bytes, facts: { type: 'FILE', language: null, format: null } }
  const { stem, language } = notebook
  return { path: stem, ...(language ? source(bytes, language) : jupyter(bytes)) }
}

/**
 * A Jupyter notebook, or a source with the header of one, is a notebook; anything else is a file.
 *
 * @returns its path without the extension, and the language of a source
 */
export function notebookOf(
  path: string,
  bytes: Buffer,
): { readonly stem: string; readonly language?: NotebookLanguage } | undefined {
  const [, stem = path, extension = ''] = /^(.*[^/])\.(\w+)$/.exec(path) ?? []
  if (extension === 'ipynb') return { stem }
  const found = Object.entries(SYNTAX).find(([, syntax]) => syntax.extension === extension.toLowerCase())
  const language = found?.[0] as NotebookLanguage | undefined
  const isSource = language && bytes.toString('utf8', 0, 100).startsWith(headerOf(language))
  return isSource ? { stem, language } : undefined
}

const jupyter = (bytes: Buffer): Omit<ImportedObject, 'path'> => ({
  bytes,
  facts: { type: 'NOTEBOOK', language: readJupyter(bytes.toString()).language, format: 'JUPYTER' },
})

const source = (bytes: Buffer, language: NotebookLanguage): Omit<ImportedObject, 'path'> => ({
  bytes: Buffer.from(withHeader(bytes.toString(), language)),
  facts: { type: 'NOTEBOOK', language, format: 'SOURCE' },
})
