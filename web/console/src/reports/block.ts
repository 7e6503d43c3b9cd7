import { isMap, isScalar, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import { CARD_KINDS, type Card, type CardKind, clampExtent, type Options } from '../cards/card.js'
import { missingFields } from '../cards/kinds/fields.js'
import { columnFromId } from '../runs/columns.js'
import type { Grouping } from '../runs/grouping.js'
import {
  BLOCK_KEYS,
  DEFAULT_RUNS,
  fieldOf,
  GROUPED_KINDS,
  groupingsFromIds,
  isValidOption,
  keyOfField,
  MAX_RUNS,
  OPTION_KEYS,
} from './block-options.js'

/** A card, or columns of a table, with the runs that it shows. */
export interface Block {
  /** Name or id. */
  readonly experiment: string
  readonly filter: string
  readonly order: readonly string[]
  /** The groups of runs that the card draws, outermost first. */
  readonly groupBy: readonly Grouping[]
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
      groupBy: this.#groupBy(),
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

  #groupBy(): readonly Grouping[] {
    const isGrouped = GROUPED_KINDS.some((kind) => kind === this.#fields.get('chart')?.value)
    if (this.#fields.has('group_by') && !isGrouped) this.#wrong('notForChart', 'group_by')
    const groupBy = groupingsFromIds(this.#texts('group_by'))
    if (!groupBy) this.#wrong('value', 'group_by')
    return groupBy ?? []
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
    for (const field of missingFields(kind, options)) this.#wrong('missing', 'chart', keyOfField(field))
    const height = Number(this.#fields.get('height')?.value ?? 1)
    if (![1, 2, 3].includes(height)) this.#wrong('value', 'height')
    return {
      ...{ id: 'c.1', kind, section: '', width: 1, height: clampExtent(height || 1) },
      options: { ...options, ...(title && { title: [title] }) },
    }
  }

  /** Checks the options by the fields of the form of the card. */
  #options(kind: CardKind | undefined): Options {
    const named = OPTION_KEYS.flatMap((name) => {
      const values = this.#texts(name)
      const field = kind && fieldOf(kind, name)
      if (this.#fields.has(name) && !field) this.#wrong('notForChart', name)
      if (field && !isValidOption(field, values)) this.#wrong('value', name)
      return field && values.length > 0 ? [[field.key, values] as const] : []
    })
    return Object.fromEntries(named)
  }
}

const isPlain = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value)

const FENCE = /^(`{3,}|~{3,})[ \t]*cairn[ \t]*\r?\n([\s\S]*?)^\1[ \t]*$/gm

/** Beginnings of blocks, also of those without an end, in a list or in a quotation. */
const BLOCK_BEGINS = /^[ \t>*+\d.)-]*(`{3,}|~{3,})[ \t]*cairn\b/gm

interface NamedExperiments {
  /** Each once. */
  readonly names: readonly string[]
  /** True if all blocks are valid. */
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
