import { invalid, invalidParameter } from '@cairn/platform/errors'

export const MAX_PAGE = 50_000

/** @throws INVALID_PARAMETER_VALUE for what is no number of rows */
export function checkPositive(maxResults: number): void {
  if (maxResults < 1)
    throw invalid(
      `Invalid value ${maxResults} for parameter 'max_results' supplied. It must be a positive integer`,
    )
}

/** @throws INVALID_PARAMETER_VALUE for what is no number of rows or more than a page has */
export function checkPage(maxResults: number): void {
  checkPositive(maxResults)
  if (maxResults > MAX_PAGE)
    throw invalid(
      `Invalid value ${maxResults} for parameter 'max_results' supplied. It must be at most ${MAX_PAGE}`,
    )
}

/** As `checkPage`, in the words of MLflow where it looks at the request before its store does: for runs and traces. */
export function checkRequested(maxResults: number, most = MAX_PAGE): void {
  checkPositive(maxResults)
  if (maxResults > most)
    throw invalidParameter(
      `Invalid value ${maxResults} for parameter 'max_results' supplied:  Hint: Value was of type 'int'.`,
    )
}
