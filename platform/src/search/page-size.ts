import { invalid } from '../errors.js'

const invalidSize = (size: number, must: string) =>
  invalid(`Invalid value ${size} for parameter 'max_results' supplied. It must be ${must}`)

/** Checks a size. @throws INVALID_PARAMETER_VALUE unless it is positive */
export function checkPositive(size: number): void {
  if (size < 1) throw invalidSize(size, 'a positive integer')
}

/** Checks a size. @throws INVALID_PARAMETER_VALUE unless it is positive and at most `most` */
export function checkPageSize(size: number, most: number): void {
  checkPositive(size)
  if (size > most) throw invalidSize(size, `at most ${most}`)
}
