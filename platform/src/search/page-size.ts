import { invalid } from '../errors.js'

const refusal = (size: number, must: string) =>
  invalid(`Invalid value ${size} for parameter 'max_results' supplied. It must be ${must}`)

/** @throws INVALID_PARAMETER_VALUE for what is no number of rows */
export function checkPositive(size: number): void {
  if (size < 1) throw refusal(size, 'a positive integer')
}

/** @throws INVALID_PARAMETER_VALUE for what is no number of rows, or more than a page may have */
export function checkPageSize(size: number, most: number): void {
  checkPositive(size)
  if (size > most) throw refusal(size, `at most ${most}`)
}
