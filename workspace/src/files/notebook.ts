import { invalid } from '@cairn/platform/errors'
import type { NotebookLanguage } from '@cairn/platform/protocol/databricks/workspace'

interface Syntax {
  readonly comment: string
  readonly extension: string
  /** The language of the kernel in a Jupyter notebook. */
  readonly kernel: string
}

export const SYNTAX: Readonly<Record<NotebookLanguage, Syntax>> = {
  PYTHON: { comment: '#', extension: 'py', kernel: 'python' },
  SQL: { comment: '--', extension: 'sql', kernel: 'sql' },
  SCALA: { comment: '//', extension: 'scala', kernel: 'scala' },
  R: { comment: '#', extension: 'r', kernel: 'R' },
}

/** The first line of the source of a notebook. */
export const headerOf = (language: NotebookLanguage) =>
  `${SYNTAX[language].comment} Databricks notebook source`

/** The source with its header, which Databricks adds to a source without one. */
export const withHeader = (source: string, language: NotebookLanguage) =>
  source.startsWith(headerOf(language)) ? source : `${headerOf(language)}\n${source}`

interface Cell {
  readonly type: 'code' | 'markdown'
  readonly text: string
}

const MARKDOWN = /^%md(?:-sandbox)?[ \t]*\n?/

const MAX_CELLS = 10_000

const tooManyCells = (count: number) =>
  invalid(`'content' is a notebook with ${count} cells; ${MAX_CELLS} are supported.`)

/** A Jupyter notebook with the cells of a source. @throws INVALID_PARAMETER_VALUE for too many cells */
export function jupyterOf(source: string, language: NotebookLanguage): string {
  const { comment, kernel } = SYNTAX[language]
  const [, ...lines] = withHeader(source.replaceAll('\r\n', '\n'), language).split('\n')
  const parts = splitAt(lines, `${comment} COMMAND ----------`)
  if (parts.length > MAX_CELLS) throw tooManyCells(parts.length)
  const cells = parts.map((cell, i) => {
    const { type, text } = cellOf(cell, `${comment} MAGIC`)
    const facts = { cell_type: type, id: `cell-${i}`, metadata: {} }
    const own = type === 'code' ? { execution_count: null, outputs: [] } : {}
    return JSON.stringify({ ...facts, ...own, source: linesOf(text) })
  })
  const metadata = {
    kernelspec: { display_name: kernel, language: kernel, name: kernel === 'python' ? 'python3' : kernel },
    language_info: { name: kernel },
  }
  return `{"cells":[${cells.join(',\n')}],"metadata":${JSON.stringify(metadata)},"nbformat":4,"nbformat_minor":5}\n`
}

function splitAt(lines: readonly string[], separator: string): string[][] {
  const parts: string[][] = [[]]
  for (const line of lines) {
    if (line.trimEnd() === separator) parts.push([])
    else parts.at(-1)!.push(line)
  }
  return parts
}

function cellOf(lines: readonly string[], magic: string): Cell {
  const text = trimmed(lines)
  if (!text.startsWith(magic)) return { type: 'code', text }
  const plain = text
    .split('\n')
    .map((line) => (line.startsWith(magic) ? line.slice(magic.length).replace(/^ /, '') : line))
    .join('\n')
  return MARKDOWN.test(plain)
    ? { type: 'markdown', text: plain.replace(MARKDOWN, '') }
    : { type: 'code', text: plain }
}

/** Joins lines, without empty ones at the beginning and at the end. */
function trimmed(lines: readonly string[]): string {
  const first = lines.findIndex((line) => line.trim() !== '')
  if (first < 0) return ''
  return lines.slice(first, lines.findLastIndex((line) => line.trim() !== '') + 1).join('\n')
}

/** Jupyter's list of lines, each with its line break. */
function linesOf(text: string): string[] {
  if (text === '') return []
  const lines = text.split('\n')
  return lines.map((line, i) => (i < lines.length - 1 ? `${line}\n` : line)).filter(Boolean)
}

/** The parts of a Jupyter notebook that conversions read. */
interface Jupyter {
  readonly cells: readonly { readonly cell_type: string; readonly source: string }[]
  readonly language: NotebookLanguage
}

/** @throws INVALID_PARAMETER_VALUE unless it is a Jupyter notebook of version 4, and for too many cells */
export function readJupyter(text: string): Jupyter {
  const notebook = parseObject(text)
  const cells = notebook?.cells
  if (!notebook || !Array.isArray(cells) || notebook.nbformat !== 4)
    throw invalid("'content' is not a Jupyter notebook of version 4.")
  if (cells.length > MAX_CELLS) throw tooManyCells(cells.length)
  return {
    cells: cells.map((cell: unknown, i) => {
      const { cell_type, source } = (cell ?? {}) as { cell_type?: unknown; source?: unknown }
      const lines = Array.isArray(source) ? source.join('') : source
      if (typeof cell_type !== 'string' || typeof lines !== 'string')
        throw invalid(`'content' is not a Jupyter notebook: cells[${i}] has no cell_type and source.`)
      return { cell_type, source: lines }
    }),
    language: languageOf(notebook.metadata),
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

interface Metadata {
  readonly kernelspec?: { readonly language?: unknown }
  readonly language_info?: { readonly name?: unknown }
}

/** Python, unless the metadata name another language. */
function languageOf(metadata: unknown): NotebookLanguage {
  const { kernelspec, language_info } = (metadata ?? {}) as Metadata
  const name = String(language_info?.name ?? kernelspec?.language ?? 'python').toLowerCase()
  const found = Object.entries(SYNTAX).find(([, { kernel }]) => kernel.toLowerCase() === name)
  return (found?.[0] ?? 'PYTHON') as NotebookLanguage
}

/** The source with the cells of a Jupyter notebook, without outputs. */
export function sourceOf({ cells }: Jupyter, language: NotebookLanguage): string {
  const { comment } = SYNTAX[language]
  const texts = cells.map(({ cell_type, source }) => {
    const isMagic = cell_type !== 'code' || /^%[a-z]/.test(source)
    const text = cell_type === 'code' ? source : `%md\n${source}`
    return isMagic
      ? text
          .split('\n')
          .map((line) => `${comment} MAGIC ${line}`.trimEnd())
          .join('\n')
      : text
  })
  return `${headerOf(language)}\n${texts.join(`\n\n${comment} COMMAND ----------\n\n`)}\n`
}
