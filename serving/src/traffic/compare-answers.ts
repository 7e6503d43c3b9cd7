import { parseJson, replaceOutsideStrings } from '../protocols/json-text.js'

/** The difference between the answer of a shadow and the one that the client got. */
export interface Difference {
  readonly isEqual: boolean
  /** Mean absolute difference of the numbers in both; absent if their shapes or their missing numbers differ. */
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

/** Models in Python answer missing numbers with the literal NaN, and infinite ones with Infinity: both are null here. */
function predictionsOf(body: string): unknown {
  const text = replaceOutsideStrings(body, /-?\bInfinity\b/g, () => 'null')
  return (parseJson(text) as { predictions?: unknown }).predictions
}

function meanDifference(one: unknown, other: unknown): number | undefined {
  const [left, right] = [numbersIn(one), numbersIn(other)]
  const isSameShape =
    left.length === right.length && left.every((value, at) => (value === null) === (right[at] === null))
  if (!isSameShape) return undefined
  const differences = left.flatMap((value, at) => (value === null ? [] : Math.abs(value - right[at]!)))
  return differences.length === 0
    ? undefined
    : differences.reduce((sum, value) => sum + value, 0) / differences.length
}

/** The numbers of a value in order, with null for those that are missing. */
function numbersIn(value: unknown): (number | null)[] {
  if (typeof value === 'number' || value === null) return [value]
  if (Array.isArray(value)) return value.flatMap(numbersIn)
  return typeof value === 'object' ? Object.values(value as object).flatMap(numbersIn) : []
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
