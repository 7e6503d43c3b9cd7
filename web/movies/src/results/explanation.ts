import type { Reason, Recommendation } from '../api/recommendations.js'
import { parseTitle } from '../films/title.js'

/** Why a film is recommended, as `ReasonLine` shows it. `kind` selects the text. */
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
 * Maps the model's reason to the one that is shown. A share is included only if the score is a sum of several contributions
 * and the share is between 0 and 1: with negative contributions one part can exceed the whole.
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
