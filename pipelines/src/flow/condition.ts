import { invalid } from '@cairn/platform/errors'
import type { TaskKinds } from '@cairn/platform/protocol/databricks/task-settings'

type Operator = TaskKinds['condition_task']['op']
type Compare<T> = (left: T, right: T) => boolean

const TEXT: Partial<Record<Operator, Compare<string>>> = {
  EQUAL_TO: (left, right) => left === right,
  NOT_EQUAL: (left, right) => left !== right,
}
const NUMBERS: Partial<Record<Operator, Compare<number>>> = {
  GREATER_THAN: (left, right) => left > right,
  GREATER_THAN_OR_EQUAL: (left, right) => left >= right,
  LESS_THAN: (left, right) => left < right,
  LESS_THAN_OR_EQUAL: (left, right) => left <= right,
}

/**
 * Decides a condition task. As in Databricks, equality compares text, so '12.0' is not '12', and order compares numbers.
 * Booleans are the texts 'true' and 'false'; other JSON is its text.
 *
 * @throws INVALID_PARAMETER_VALUE when an order compares something that is not a number
 */
export function evaluateCondition(op: Operator, left: unknown, right: unknown): boolean {
  const compareText = TEXT[op]
  if (compareText) return compareText(textOf(left), textOf(right))
  return NUMBERS[op]!(numberOf('left', op, left), numberOf('right', op, right))
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

function numberOf(side: string, op: Operator, value: unknown): number {
  const text = textOf(value).trim()
  const number = Number(text)
  if (text === '' || !Number.isFinite(number))
    throw invalid(`condition_task: ${side}: '${text.slice(0, 100)}' is not a number, which ${op} needs.`)
  return number
}
