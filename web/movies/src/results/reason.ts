import type { Reason, Recommendation } from '../api/recommendations.js'
import { parseTitle } from '../films/title.js'

export type Explanation =
  | {
      readonly kind: 'because' | 'after'
      readonly key: string
      readonly title: string
      readonly share?: number
    }
  | { readonly kind: 'profile' | 'popularity' | Trait }

type Trait = 'genres' | 'tags' | 'year' | 'rating'

/** Model traits that have a text in the UI. */
const TRAITS: Readonly<Record<string, Trait>> = {
  genres: 'genres',
  tags: 'tags',
  year: 'year',
  rating: 'rating',
  imdb_rating: 'rating',
  log_imdb_votes: 'rating',
}

/**
 * Why a film is recommended. A share is included only if the score is a sum of several contributions and the share is
 * between 0 and 1: with negative contributions one part can exceed the whole.
 */
export function explanationOf({ reason, score }: Pick<Recommendation, 'reason' | 'score'>): Explanation {
  if (reason.type === 'profile' || reason.type === 'popularity') return { kind: reason.type }
  if (reason.type === 'trait') return { kind: TRAITS[reason.trait] ?? 'profile' }
  const film = { key: String(reason.item_id), title: titleOf(reason) }
  if (reason.type === 'recent') return { kind: 'after', ...film }
  const share = reason.contribution / score
  const isMeaningful = reason.type === 'history' && score > 0 && share > 0 && share < 1
  return { kind: 'because', ...film, ...(isMeaningful && { share }) }
}

const titleOf = ({ title, item_id: id }: Extract<Reason, { item_id: unknown }>) =>
  title === undefined ? String(id) : parseTitle(title).title

/** Bar lengths from 0 to 1 relative to the best score; 0 for negative scores. */
export function barsOf(scores: readonly number[]): number[] {
  const best = Math.max(...scores, 0)
  return scores.map((score) => (best > 0 ? Math.max(score, 0) / best : 0))
}

/** Three decimals; integers without decimals. */
export const formatScore = (score: number, language: string) =>
  Number.isInteger(score) && Math.abs(score) >= 1
    ? score.toLocaleString(language)
    : score.toLocaleString(language, { minimumFractionDigits: 3, maximumFractionDigits: 3 })
