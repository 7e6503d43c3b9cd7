import { RequestError } from '../api/http.js'
import { tokenize } from './filter-tokens.js'

export interface TextRange {
  readonly start: number
  readonly end: number
}

/** The part of the filter that the server's error is about: the token at its `position`, else the fragment that it quotes. */
export function errorRange(filter: string, error: RequestError): TextRange | undefined {
  const { position } = error.details
  if (typeof position === 'number') return { start: position, end: endOfToken(filter, position) }
  for (const [, quoted] of error.message.matchAll(/['"`]([^'"`]+)['"`]/g)) {
    const found = filter.indexOf(quoted!)
    if (found >= 0) return { start: found, end: found + quoted!.length }
  }
  return undefined
}

const endOfToken = (filter: string, start: number) =>
  tokenize(filter).find((token) => token.start <= start && start < token.end)?.end ?? start + 1

export const isFilterError = (error: unknown): error is RequestError =>
  error instanceof RequestError && error.status === 400
