import { invalid } from '@cairn/platform/errors'

export const MAX_PAGE = 50_000
const SEE = 'See the API docs for more information about request parameters.'

/** @throws INVALID_PARAMETER_VALUE for what is no number of rows */
export function checkPositive(maxResults: number): void {
  if (maxResults < 1)
    throw invalid(
      `Invalid value ${maxResults} for parameter 'max_results' supplied. It must be a positive integer`,
    )
}

export const refuse = (sentence: string) => invalid(`${sentence} ${SEE}`)
