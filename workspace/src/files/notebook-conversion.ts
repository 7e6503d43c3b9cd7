import type { NotebookLanguage } from '@cairn/platform/protocol/databricks/workspace'
import { jupyterOf, readJupyter, sourceOf } from './notebook.js'

export type NotebookRequest =
  /** The answer is the language of a Jupyter notebook. */
  | { readonly work: 'language'; readonly text: string }
  /** The answer is the notebook in the other format, which `work` names. */
  | { readonly work: 'JUPYTER' | 'SOURCE'; readonly text: string; readonly language: NotebookLanguage }

export interface NotebookAnswer {
  readonly text: string
}

/**
 * Detects the language of a notebook, or converts the notebook to the other format.
 *
 * @throws INVALID_PARAMETER_VALUE unless it is a notebook, and for too many cells
 */
export function convert(request: NotebookRequest): NotebookAnswer {
  const { work, text } = request
  if (work === 'language') return { text: readJupyter(text).language }
  if (work === 'JUPYTER') return { text: jupyterOf(text, request.language) }
  return { text: sourceOf(readJupyter(text), request.language) }
}
