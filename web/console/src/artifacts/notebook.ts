import { withoutAnsi } from './text-lines.js'

export type NotebookOutput =
  | { readonly kind: 'text' | 'error'; readonly text: string }
  | { readonly kind: 'html' | 'markdown'; readonly text: string }
  /** @param url data of an image, which an `img` shows without running it */
  | { readonly kind: 'image'; readonly url: string }

export interface NotebookCell {
  readonly kind: 'markdown' | 'code' | 'raw'
  readonly source: string
  readonly count: number | undefined
  readonly outputs: readonly NotebookOutput[]
}

/** @throws SyntaxError for text that is not a notebook */
export function parseNotebook(text: string): NotebookCell[] {
  const notebook = object(JSON.parse(text))
  const cells = notebook.cells ?? object(list(notebook.worksheets)[0]).cells
  if (!Array.isArray(cells)) throw new SyntaxError('no cells')
  return cells.map(object).map((cell) => ({
    kind: cell.cell_type === 'markdown' || cell.cell_type === 'code' ? cell.cell_type : 'raw',
    source: joined(cell.source ?? cell.input),
    count: typeof cell.execution_count === 'number' ? cell.execution_count : undefined,
    outputs: list(cell.outputs).map(object).flatMap(toOutput),
  }))
}

function toOutput(output: Json): NotebookOutput[] {
  if (output.output_type === 'stream') return [{ kind: 'text', text: withoutAnsi(joined(output.text)) }]
  if (output.output_type === 'error') {
    const trace = joined(list(output.traceback).join('\n'))
    return [{ kind: 'error', text: withoutAnsi(trace || `${output.ename}: ${output.evalue}`) }]
  }
  const data = object(output.data)
  for (const type of ['image/png', 'image/jpeg', 'image/gif', 'image/webp'])
    if (data[type])
      return [{ kind: 'image', url: `data:${type};base64,${joined(data[type]).replace(/\s/g, '')}` }]
  if (data['image/svg+xml'])
    return [{ kind: 'image', url: `data:image/svg+xml,${encodeURIComponent(joined(data['image/svg+xml']))}` }]
  if (data['text/html']) return [{ kind: 'html', text: joined(data['text/html']) }]
  if (data['text/markdown']) return [{ kind: 'markdown', text: joined(data['text/markdown']) }]
  const text = joined(
    data['text/plain'] ?? (data['application/json'] && JSON.stringify(data['application/json'])),
  )
  return text ? [{ kind: 'text', text: withoutAnsi(text) }] : []
}

type Json = Readonly<Record<string, unknown>>
const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
/** Notebooks write text as a string or as a list of its lines. */
const joined = (value: unknown): string =>
  Array.isArray(value) ? value.map(String).join('') : typeof value === 'string' ? value : ''
