import { quoteKey } from '../runs/filter-examples.js'
import { type Token, tokenize } from '../runs/filter-tokens.js'
import type { Completion } from '../ui/use-completion.js'

/** Names that the loaded traces have. */
export interface Vocabulary {
  readonly tags: readonly string[]
  readonly metadata: readonly string[]
  readonly feedback: readonly string[]
  readonly expectations: readonly string[]
  readonly names: readonly string[]
}

const FIELDS = [
  ...['status', 'name', 'timestamp_ms', 'execution_time_ms', 'run_id', 'trace_id', 'prompt'],
  ...['trace.text', 'span.name', 'span.type', 'span.status', 'span.content', 'span.attributes.'],
  ...['client_request_id', 'end_time_ms', 'issue.id'],
]
const NUMBERS = new Set(['timestamp_ms', 'execution_time_ms', 'end_time_ms', 'timestamp', 'execution_time'])
const TEXT_ONLY = new Set(['trace.text', 'span.content', 'text'])
const SPAN_TYPES = [
  'LLM',
  'CHAT_MODEL',
  'CHAIN',
  'AGENT',
  'TOOL',
  'RETRIEVER',
  'EMBEDDING',
  'RERANKER',
  'PARSER',
]
const MAX_SUGGESTIONS = 40

/** Suggestions for a filter of traces in MLflow's language at the caret. */
export function completeFilter(text: string, caret: number, words: Vocabulary): Completion {
  const tokens = tokenize(text.slice(0, caret))
  const last = tokens.at(-1)
  const isTyping = last !== undefined && last.end === caret && !/\s$/.test(text.slice(0, caret))
  const typed = isTyping ? last : undefined
  const before = isTyping ? tokens.slice(0, -1) : tokens
  const from = typed?.start ?? caret
  const prefix = typed?.text.toLowerCase() ?? ''
  const found = expected(before, words).filter(
    (one) => one.toLowerCase().includes(prefix) && one.toLowerCase() !== prefix,
  )
  const starts = (one: string) => (one.toLowerCase().startsWith(prefix) ? 0 : 1)
  return { from, suggestions: found.sort((a, b) => starts(a) - starts(b)).slice(0, MAX_SUGGESTIONS) }
}

function expected(before: readonly Token[], words: Vocabulary): string[] {
  const last = before.at(-1)
  const name = before.findLast(({ kind }) => kind === 'name')?.text ?? ''
  if (!last || last.kind === 'and' || last.kind === 'or') return fieldsOf(words)
  if (last.kind === 'name') return comparatorsOf(name)
  if (last.kind === 'open')
    return before.at(-2)?.kind === 'comparator' ? valuesOf(name, words) : fieldsOf(words)
  if (last.kind === 'comparator') return /null$/i.test(last.text) ? ['AND', 'OR'] : valuesOf(name, words)
  if (last.kind === 'comma') return valuesOf(name, words)
  return ['AND', 'OR']
}

const fieldsOf = ({ tags, metadata, feedback, expectations }: Vocabulary) => [
  ...FIELDS,
  ...tags.map((key) => `tags.${quoteKey(key)}`),
  ...feedback.map((key) => `feedback.${quoteKey(key)}`),
  ...expectations.map((key) => `expectation.${quoteKey(key)}`),
  ...metadata.map((key) => `metadata.${quoteKey(key)}`),
]

function comparatorsOf(name: string): string[] {
  const bare = name.replace(/^attributes?\.|^trace\.(?!text)/, '')
  if (NUMBERS.has(bare)) return ['>', '>=', '<', '<=', '=', '!=']
  if (TEXT_ONLY.has(bare)) return ['LIKE', 'ILIKE']
  if (bare === 'prompt' || bare === 'issue.id') return ['=']
  if (/^(feedback|expectation)\./.test(bare))
    return ['=', '!=', '>', '>=', '<', '<=', 'IS NULL', 'IS NOT NULL']
  return ['=', '!=', 'LIKE', 'ILIKE', 'RLIKE', 'IN', 'NOT IN', 'IS NULL', 'IS NOT NULL']
}

function valuesOf(name: string, { names }: Vocabulary): string[] {
  const bare = name.replace(/^(attributes?|trace)\./, '')
  if (bare === 'status') return ["'OK'", "'ERROR'", "'IN_PROGRESS'"]
  if (bare === 'span.status') return ["'OK'", "'ERROR'", "'UNSET'"]
  if (bare === 'span.type') return SPAN_TYPES.map((type) => `'${type}'`)
  if (bare === 'name') return names.map((one) => `'${one.replaceAll("'", '')}'`)
  if (/^(feedback|expectation)\./.test(bare)) return ["'true'", "'false'", "'yes'", "'no'"]
  return []
}
