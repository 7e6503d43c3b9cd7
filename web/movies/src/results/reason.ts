import type { Reason, Recommendation } from '../api/recommendations.js'
import { parseTitle } from '../films/title.js'

export type Because =
  | {
      readonly kind: 'because' | 'after'
      readonly key: string
      readonly title: string
      readonly share?: number
    }
  | { readonly kind: 'profile' | 'popularity' | Trait }

type Trait = 'genres' | 'tags' | 'year' | 'rating'

/** What models call the traits that mean something to people. */
const TRAITS: Readonly<Record<string, Trait>> = {
  genres: 'genres',
  tags: 'tags',
  year: 'year',
  rating: 'rating',
  imdb_rating: 'rating',
  log_imdb_votes: 'rating',
}

/**
 * Why a film is recommended, as far as the model says. A share is given only where it means something: where the score
 * is a sum, not of a single part, and not where others are negative, so that one part can be more than the whole.
 */
export function becauseOf({ reason, score }: Pick<Recommendation, 'reason' | 'score'>): Because {
  if (reason.type === 'profile' || reason.type === 'popularity') return { kind: reason.type }
  if (reason.type === 'trait') return { kind: TRAITS[reason.trait] ?? 'profile' }
  const film = { key: String(reason.item_id), title: titleOf(reason) }
  if (reason.type === 'recent') return { kind: 'after', ...film }
  const share = reason.contribution / score
  const means = reason.type === 'history' && score > 0 && share > 0 && share < 1
  return { kind: 'because', ...film, ...(means && { share }) }
}

const titleOf = ({ title, item_id: id }: Extract<Reason, { item_id: unknown }>) =>
  title === undefined ? String(id) : parseTitle(title).title

/** Lengths of bars from 0 to 1, against the best; scores below nothing have none. */
export function barsOf(scores: readonly number[]): number[] {
  const best = Math.max(...scores, 0)
  return scores.map((score) => (best > 0 ? Math.max(score, 0) / best : 0))
}

/** Three digits that tell neighbours apart; counts as they are. */
export const formatScore = (score: number, language: string) =>
  Number.isInteger(score) && Math.abs(score) >= 1
    ? score.toLocaleString(language)
    : score.toLocaleString(language, { minimumFractionDigits: 3, maximumFractionDigits: 3 })
