import { parseJson } from '../protocols/json-text.js'

/** The difference between the answer of a shadow and the one that the client got. */
export interface Difference {
  readonly isEqual: boolean
  /** Mean absolute difference of the numbers in both; absent if their shapes differ. */
  readonly meanAbsolute?: number
  /** Share of recommended items that both have, over the rows; absent unless both are recommendations. */
  readonly overlap?: number
}

/** Compares two bodies in MLflow's protocol: equal texts are equal answers. */
export function compareAnswers(answer: string, shadow: string): Difference {
  const isEqual = answer === shadow
  const [one, other] = [predictionsOf(answer), predictionsOf(shadow)]
  const overlap = meanOverlap(one, other)
  if (overlap !== undefined) return { isEqual, overlap }
  const meanAbsolute = meanDifference(one, other)
  return meanAbsolute === undefined ? { isEqual } : { isEqual, meanAbsolute }
}

/** Models in Python answer missing numbers with the literal NaN. */
const predictionsOf = (body: string) => (parseJson(body) as { predictions?: unknown }).predictions

function meanDifference(one: unknown, other: unknown): number | undefined {
  const [left, right] = [numbersIn(one), numbersIn(other)]
  if (left.length === 0 || left.length !== right.length) return undefined
  return left.reduce((sum, value, at) => sum + Math.abs(value - right[at]!), 0) / left.length
}

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  if (Array.isArray(value)) return value.flatMap(numbersIn)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : []
}

function meanOverlap(one: unknown, other: unknown): number | undefined {
  const [left, right] = [itemsByRow(one), itemsByRow(other)]
  if (!left || !right || left.length === 0 || left.length !== right.length) return undefined
  const shares = left.map((items, row) => {
    const longest = Math.max(items.size, right[row]!.size)
    return longest === 0 ? 1 : [...items].filter((item) => right[row]!.has(item)).length / longest
  })
  return shares.reduce((sum, share) => sum + share, 0) / shares.length
}

function itemsByRow(predictions: unknown): Set<unknown>[] | undefined {
  if (!Array.isArray(predictions)) return undefined
  const rows = predictions.map((row: { recommendations?: unknown } | null) => row?.recommendations)
  if (!rows.every((row): row is { item_id?: unknown }[] => Array.isArray(row))) return undefined
  return rows.map((row) => new Set(row.map((item) => item?.item_id)))
}
