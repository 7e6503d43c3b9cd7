import { isMap, isScalar, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import { CARD_KINDS, type Card, type CardKind, clampExtent, type Options } from '../cards/card.js'
import { CARD_FIELDS, type Field, missingFields } from '../cards/kinds/fields.js'
import { smoothingFromText } from '../charts/curve-view.js'
import { columnFromId } from '../runs/columns.js'

/** A card, or columns of a table, with the runs that it shows. */
export interface Block {
  /** Name or id. */
  readonly experiment: string
  readonly filter: string
  readonly order: readonly string[]
  /** Number of runs. */
  readonly runs: number
  readonly title: string
  readonly card: Card | undefined
  /** Ids such as `metrics.loss`. */
  readonly columns: readonly string[]
}

export type ProblemCode =
  | 'yaml'
  | 'notMap'
  | 'unknownKey'
  | 'text'
  | 'texts'
  | 'runs'
  | 'chart'
  | 'column'
  | 'noExperiment'
  | 'nothing'
  | 'both'
  | 'missing'
  | 'notForChart'
  | 'value'

export interface Problem {
  readonly code: ProblemCode
  /** Counts from 1, within the block. */
  readonly line: number
  /** The key or value that is wrong. */
  readonly about: string
}

export type Parsed = { readonly block: Block } | { readonly problems: readonly Problem[] }

const MAX_RUNS = 100
const DEFAULT_RUNS = 10

/** Names of options in a block, and of a card. */
const CARD_OPTIONS: ReadonlyMap<string, string> = new Map([
  ...(['x', 'y', 'z'] as const).map((key) => [key, key] as const),
  ['color', 'c'],
  ['group', 'g'],
  ['axes', 'd'],
  ['baseline', 'b'],
  ['smoothing', 'sm'],
  ['log_x', 'lx'],
  ['log_y', 'ly'],
  ['file', 'f'],
  ['plot', 'k'],
  ['class', 'cl'],
])
/** Keys of a block. */
export const BLOCK_KEYS: readonly string[] = [
  ...['experiment', 'filter', 'order', 'runs', 'title', 'chart', 'columns', 'height'],
  ...CARD_OPTIONS.keys(),
]

/** Reads the YAML of a block. Problems name the line. */
export function parseBlock(text: string): Parsed {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line)
  const wrong = document.errors.map(
    ({ pos, message }): Problem => ({ code: 'yaml', line: lineAt(pos[0]), about: message.split('\n')[0]! }),
  )
  if (wrong.length > 0) return { problems: wrong }
  if (!isMap(document.contents)) return { problems: [{ code: 'notMap', line: 1, about: '' }] }
  const fields = new Map<string, YamlField>()
  for (const { key, value } of document.contents.items as Pair<Node, Node | null>[]) {
    const line = lineAt(key.range?.[0] ?? 0)
    try {
      const name = String(isScalar(key) ? key.value : key.toJS(document))
      fields.set(name, { value: value?.toJS(document) ?? '', line })
    } catch (error) {
      // an alias without an anchor, or one of too many
      return { problems: [{ code: 'yaml', line, about: error instanceof Error ? error.message : '' }] }
    }
  }
  return new BlockReader(fields).read()
}

interface YamlField {
  readonly value: unknown
  readonly line: number
}

/** Collects the problems of all fields instead of the first one only. */
class BlockReader {
  readonly #fields: ReadonlyMap<string, YamlField>
  readonly #problems: Problem[] = []

  constructor(fields: ReadonlyMap<string, YamlField>) {
    this.#fields = fields
  }

  read(): Parsed {
    for (const key of this.#fields.keys()) if (!BLOCK_KEYS.includes(key)) this.#wrong('unknownKey', key)
    const title = this.#text('title')
    const block: Block = {
      experiment: this.#text('experiment'),
      filter: this.#text('filter'),
      order: this.#texts('order'),
      runs: this.#runs(),
      title,
      card: this.#card(title),
      columns: this.#columns(),
    }
    if (!block.experiment) this.#wrong('noExperiment', 'experiment')
    if (!this.#fields.has('chart') && block.columns.length === 0) this.#wrong('nothing', 'chart')
    if (this.#fields.has('chart') && this.#fields.has('columns')) this.#wrong('both', 'columns')
    const problems = this.#problems.toSorted((a, b) => a.line - b.line)
    return problems.length > 0 ? { problems } : { block }
  }

  #wrong(code: ProblemCode, key: string, about = key) {
    this.#problems.push({ code, line: this.#fields.get(key)?.line ?? 1, about })
  }

  #text(key: string): string {
    const value = this.#fields.get(key)?.value ?? ''
    if (isPlain(value)) return String(value).trim()
    this.#wrong('text', key)
    return ''
  }

  /** One text, or a list of texts. */
  #texts(key: string): string[] {
    const value = this.#fields.get(key)?.value ?? []
    const list = Array.isArray(value) ? value : [value]
    if (list.every(isPlain)) return list.map((one) => String(one).trim()).filter(Boolean)
    this.#wrong('texts', key)
    return []
  }

  #runs(): number {
    const value = this.#fields.get('runs')?.value ?? DEFAULT_RUNS
    if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_RUNS) return Number(value)
    this.#wrong('runs', 'runs')
    return DEFAULT_RUNS
  }

  #columns(): string[] {
    const columns = this.#texts('columns')
    const unknown = columns.find((id) => columnFromId(id) === undefined)
    if (unknown !== undefined) this.#wrong('column', 'columns', unknown)
    return columns
  }

  #card(title: string): Card | undefined {
    const name = this.#text('chart')
    if (!this.#fields.has('chart')) {
      this.#options(undefined)
      if (this.#fields.has('height')) this.#wrong('notForChart', 'height')
      return undefined
    }
    const kind = CARD_KINDS.find((one): one is CardKind => one === name)
    if (!kind) {
      this.#wrong('chart', 'chart', name)
      return undefined
    }
    const options = this.#options(kind)
    for (const { key } of missingFields(kind, options)) this.#wrong('missing', 'chart', nameOf(key))
    const height = Number(this.#fields.get('height')?.value ?? 1)
    if (![1, 2, 3].includes(height)) this.#wrong('value', 'height')
    return {
      ...{ id: 'c.1', kind, section: '', width: 1, height: clampExtent(height || 1) },
      options: { ...options, ...(title && { title: [title] }) },
    }
  }

  /** Checks the options by the fields of the form of the card. */
  #options(kind: CardKind | undefined): Options {
    const named = [...CARD_OPTIONS].flatMap(([name, key]) => {
      const values = this.#texts(name)
      const field = kind && CARD_FIELDS[kind].find((one) => one.key === key)
      if (this.#fields.has(name) && !field) this.#wrong('notForChart', name)
      if (field && !isValid(field, values)) this.#wrong('value', name)
      return values.length > 0 ? [[key, values] as const] : []
    })
    return Object.fromEntries(named)
  }
}

const MANY: readonly Field['type'][] = ['metrics', 'columns']

function isValid({ type, values }: Field, texts: readonly string[]): boolean {
  if (texts.length > 1 && !MANY.includes(type)) return false
  if (type === 'flag') return texts.every((one) => one === 'true' || one === 'false')
  if (type === 'column' || type === 'columns') return texts.every((one) => columnFromId(one) !== undefined)
  if (type === 'smoothing')
    return texts.every((one) => smoothingFromText(one).weight > 0 || Number(one) === 0)
  return !values || texts.every((one) => values.includes(one))
}

const isPlain = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value)

const nameOf = (key: string) => [...CARD_OPTIONS].find(([, own]) => own === key)?.[0] ?? key

const FENCE = /^(`{3,}|~{3,})[ \t]*cairn[ \t]*\r?\n([\s\S]*?)^\1[ \t]*$/gm

/** Beginnings of blocks, also of those without an end, in a list or in a quotation. */
const BLOCK_BEGINS = /^[ \t>*+\d.)-]*(`{3,}|~{3,})[ \t]*cairn\b/gm

interface NamedExperiments {
  /** Each once. */
  readonly names: readonly string[]
  /** Whether all blocks are valid. */
  readonly isComplete: boolean
}

/** The experiments that the valid blocks of a text name. */
export function experimentsOf(markdown: string): NamedExperiments {
  const valid = [...markdown.matchAll(FENCE)].flatMap(([, , text = '']) => {
    const parsed = parseBlock(text)
    return 'block' in parsed ? [parsed.block.experiment] : []
  })
  const begun = [...markdown.matchAll(BLOCK_BEGINS)].length
  return { names: [...new Set(valid)], isComplete: valid.length === begun }
}
