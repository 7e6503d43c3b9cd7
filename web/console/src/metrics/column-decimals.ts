import { decimalsOf } from '../i18n/format.js'

/** The number of decimals with which all values of a column are shown: that of the value that needs the most. */
export function columnDecimals(values: Iterable<number | string | undefined>): number {
  let most = 0
  for (const value of values) if (value !== undefined) most = Math.max(most, decimalsOf(Number(value)))
  return most
}
