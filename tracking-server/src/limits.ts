import { invalidParameter } from '@cairn/platform/errors'
import { checkPageSize, checkPositive } from '@cairn/platform/search/page-size'

export const MAX_PAGE = 50_000

/** @throws INVALID_PARAMETER_VALUE for what is no number of rows or more than a page has */
export const checkPage = (maxResults: number): void => checkPageSize(maxResults, MAX_PAGE)

/** As `checkPage`, in the words of MLflow where it looks at the request before its store does: for runs and traces. */
export function checkRequested(maxResults: number, most = MAX_PAGE): void {
  checkPositive(maxResults)
  if (maxResults > most)
    throw invalidParameter(
      `Invalid value ${maxResults} for parameter 'max_results' supplied:  Hint: Value was of type 'int'.`,
    )
}
