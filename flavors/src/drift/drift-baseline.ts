import { invalid } from '@cairn/platform/errors'
import type { Id } from '../id.js'

/** The file of a model folder with the answers that the model gave at training. */
export const DRIFT_BASELINE_FILE = 'drift_baseline.json'
const FORMAT = 'cairn.drift_baseline'
const FORMAT_VERSION = 1

/** Recommendations of an answer that are compared; clients that ask for more do not change the figures. */
export const COMPARED_ITEMS = 10
const MAX_ANSWERS = 10_000

/** The answers of a recommender to held-out users at training. Serving compares later answers with them. */
export interface DriftBaseline {
  /** The score of the first recommendation of each answer. */
  readonly top_scores: readonly number[]
  /** The first ten recommended items of each answer, best first. */
  readonly items: readonly (readonly Id[])[]
  /** The most popular items of the training data, most popular first. */
  readonly popular: readonly Id[]
  /** Number of items that the model knows. */
  readonly catalogue: number
}

export const formatDriftBaseline = (baseline: DriftBaseline): string =>
  `${JSON.stringify({ format: FORMAT, format_version: FORMAT_VERSION, ...baseline })}\n`

/** @throws INVALID_PARAMETER_VALUE naming the field, as anybody may have written the file */
export function parseDriftBaseline(text: string): DriftBaseline {
  const value = parseObject(text)
  if (value.format !== FORMAT || value.format_version !== FORMAT_VERSION)
    throw invalid(`${DRIFT_BASELINE_FILE}: must be '${FORMAT}' of format_version ${FORMAT_VERSION}`)
  const { top_scores, items, popular, catalogue } = value
  if (!isListOf(top_scores, Number.isFinite) || top_scores.length === 0) throw broken('top_scores')
  if (!isListOf(items, (list) => isListOf(list, isId) && list.length <= COMPARED_ITEMS)) throw broken('items')
  if (!isListOf(popular, isId)) throw broken('popular')
  if (!Number.isSafeInteger(catalogue) || (catalogue as number) < 1) throw broken('catalogue')
  return { top_scores, items, popular, catalogue } as DriftBaseline
}

const broken = (field: string) => invalid(`${DRIFT_BASELINE_FILE}: '${field}' is missing or broken`)

function parseObject(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw invalid(`${DRIFT_BASELINE_FILE}: not readable as JSON`, { cause })
  }
  if (typeof value !== 'object' || value === null)
    throw invalid(`${DRIFT_BASELINE_FILE}: must be a JSON object`)
  return value as Record<string, unknown>
}

const isId = (value: unknown) => typeof value === 'string' || Number.isSafeInteger(value)

const isListOf = (value: unknown, check: (item: unknown) => boolean): value is readonly unknown[] =>
  Array.isArray(value) && value.length <= MAX_ANSWERS && value.every(check)
