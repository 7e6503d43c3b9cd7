import type { Principal } from '../auth/principal.js'
import { SEARCHED_KINDS, type SearchHit } from '../protocol/cairn/search.js'
import { wordsOf } from './words.js'

export interface SearchQuery {
  readonly text: string
  /** The words of letters and digits, in lower case; at least one. */
  readonly words: readonly [string, ...string[]]
  /** The maximum number of hits of each kind. */
  readonly limit: number
  readonly principal: Principal
}

/**
 * Finds up to `limit` objects of each of its kinds that the principal may read, the best first. Uses the same rights as the
 * lists. No other source has these kinds.
 */
export type SearchSource = (query: SearchQuery) => Promise<readonly SearchHit[]>

/** The number of words that are used. Further words are ignored. */
const MAX_WORDS = 8

/** The sources of a search. Each service adds its own, so that a search asks no other server. */
export class SearchSources {
  readonly #sources: SearchSource[] = []

  add(...sources: readonly SearchSource[]): void {
    this.#sources.push(...sources)
  }

  /** Finds hits by kind, each in the order of its source. A text without a letter or digit finds nothing. */
  async find(query: string, limit: number, principal: Principal): Promise<SearchHit[]> {
    const text = query.trim()
    const [first, ...others] = wordsOf(text).slice(0, MAX_WORDS)
    if (first === undefined) return []
    const options: SearchQuery = { text, words: [first, ...others], limit, principal }
    const found = (await Promise.all(this.#sources.map((source) => source(options)))).flat()
    return SEARCHED_KINDS.flatMap((kind) => found.filter((hit) => hit.kind === kind).slice(0, limit))
  }
}
