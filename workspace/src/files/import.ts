import { ApiError, invalid } from '@cairn/platform/errors'
import type { NotebookLanguage, WorkspaceFormat } from '@cairn/platform/protocol/databricks/workspace'
import { headerOf, SYNTAX, withHeader } from './notebook.js'
import type { NotebookThread } from './notebook-thread.js'
import type { NewContent } from './objects.js'

/** Databricks' limit of imports; larger files are uploaded by `import-file`. */
export const MAX_IMPORT_BYTES = 10 * 1024 * 1024

export interface ImportRequest {
  readonly path: string
  readonly bytes: Buffer
  readonly format: WorkspaceFormat
  readonly language: NotebookLanguage | undefined
}

/** A notebook or file to create. */
export interface ImportedObject {
  readonly path: string
  readonly bytes: Buffer
  readonly facts: Pick<NewContent, 'type' | 'language' | 'format'>
}

/** Returns the path of the imported object. With the format AUTO, notebooks, which their first bytes reveal, lose their extension. */
export const destinationOf = ({ path, bytes, format }: ImportRequest): string =>
  (format === 'AUTO' ? detectNotebook(path, bytes)?.stem : undefined) ?? path

/**
 * Checks an import, and decides by its format, path and content whether it becomes a notebook or a file.
 *
 * @throws INVALID_PARAMETER_VALUE naming the field; PAYLOAD_TOO_LARGE
 */
export async function readImport(request: ImportRequest, notebooks: NotebookThread): Promise<ImportedObject> {
  const { path, bytes, format } = request
  if (bytes.length > MAX_IMPORT_BYTES)
    throw new ApiError(
      'PAYLOAD_TOO_LARGE',
      `'content' has ${bytes.length} bytes; an import has ${MAX_IMPORT_BYTES} at most.`,
    )
  if (format === 'RAW') return { path, bytes, facts: { type: 'FILE', language: null, format: null } }
  if (format === 'AUTO') return readAuto(request, notebooks)
  if (format === 'JUPYTER') return { path, ...(await jupyter(bytes, notebooks)) }
  if (!request.language)
    throw invalid("'language' must be named with the format SOURCE: PYTHON, SQL, SCALA or R.")
  return { path, ...source(bytes, request.language) }
}

async function readAuto({ path, bytes }: ImportRequest, notebooks: NotebookThread): Promise<ImportedObject> {
  const notebook = detectNotebook(path, bytes)
  if (!notebook) return { path, bytes, facts: { type: 'FILE', language: null, format: null } }
  const { stem, language } = notebook
  return { path: stem, ...(language ? source(bytes, language) : await jupyter(bytes, notebooks)) }
}

/**
 * Detects a notebook by its path and first bytes: in Jupyter's format, or a source with Databricks' header.
 *
 * @returns its path without the extension, and the language of a source; undefined for a file
 */
export function detectNotebook(
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

async function jupyter(bytes: Buffer, notebooks: NotebookThread): Promise<Omit<ImportedObject, 'path'>> {
  const language = (await notebooks.convert({ work: 'language', text: bytes.toString() })) as NotebookLanguage
  return { bytes, facts: { type: 'NOTEBOOK', language, format: 'JUPYTER' } }
}

const source = (bytes: Buffer, language: NotebookLanguage): Omit<ImportedObject, 'path'> => ({
  bytes: Buffer.from(withHeader(bytes.toString(), language)),
  facts: { type: 'NOTEBOOK', language, format: 'SOURCE' },
})
