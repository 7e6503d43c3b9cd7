import { invalidParameter } from '@cairn/platform/errors'
import { checkPageSize, checkPositive } from '@cairn/platform/search/page-size'

export const MAX_PAGE_SIZE = 50_000

/** @throws INVALID_PARAMETER_VALUE for a negative number or more rows than a page may have */
export const checkMaxResults = (maxResults: number): void => checkPageSize(maxResults, MAX_PAGE_SIZE)

/** Like `checkMaxResults`, but in the words of MLflow's request validation, which MLflow uses for runs and traces. */
export function checkRequestMaxResults(maxResults: number, limit = MAX_PAGE_SIZE): void {
  checkPositive(maxResults)
  if (maxResults > limit)
    throw invalidParameter(
      `Invalid value ${maxResults} for parameter 'max_results' supplied:  Hint: Value was of type 'int'.`,
    )
}
