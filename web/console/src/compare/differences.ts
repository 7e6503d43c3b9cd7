import type { RunRow } from '../runs/row.js'

export interface Comparison<T> {
  readonly key: string
  /** One value per run, in the order of the runs. */
  readonly values: readonly (T | undefined)[]
  /** Whether the runs differ, or some run lacks the key. */
  readonly differs: boolean
}

/** All keys of all runs, each with every run's value. */
export function compareValues<T>(
  rows: readonly RunRow[],
  valuesOf: (row: RunRow) => ReadonlyMap<string, T>,
  order: (a: string, b: string) => number,
): Comparison<T>[] {
  const keys = [...new Set(rows.flatMap((row) => [...valuesOf(row).keys()]))].sort(order)
  return keys.map((key) => {
    const values = rows.map((row) => valuesOf(row).get(key))
    return { key, values, differs: values.some((value) => !Object.is(value, values[0])) }
  })
}

/** Number of runs by value of a tag. */
export function tagVariants(rows: readonly RunRow[], tag: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const row of rows) {
    const value = row.tags.get(tag)
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return counts
}

/** Metrics of runs with different protocols or data must not be ranked. */
export const isComparable = (rows: readonly RunRow[]) =>
  tagVariants(rows, 'cairn.protocol').size <= 1 && tagVariants(rows, 'cairn.data_digest').size <= 1

const BETTER_HIGH = /^(precision|recall|recall_capped|ndcg|hr|mrr|map|auc|accuracy|f1)(_|$)/
const BETTER_LOW = /(^|_)(loss|rmse|mae|mse|error)(_|$)/

/** 1 if higher is better, −1 if lower is better, 0 if unknown. */
export function directionOf(metric: string): 1 | 0 | -1 {
  if (BETTER_LOW.test(metric)) return -1
  return BETTER_HIGH.test(metric) ? 1 : 0
}

/** Index of the best value; undefined if the direction is unknown or all values are equal. */
export function bestOf(metric: string, values: readonly (number | undefined)[]): number | undefined {
  const direction = directionOf(metric)
  const known = values.flatMap((value, index) =>
    value === undefined || Number.isNaN(value) ? [] : [{ score: value * direction, index }],
  )
  if (direction === 0 || known.length < 2) return undefined
  const best = known.reduce((top, next) => (next.score > top.score ? next : top))
  return known.every(({ score }) => score === best.score) ? undefined : best.index
}
