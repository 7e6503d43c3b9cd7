import type { Card } from './card.js'
import { MEDIA_SECTION } from './sections.js'

/** A tag that `mlflow.log_image` sets with a step. */
const LOGGED_IMAGES = 'mlflow.loggedImages'

const CARDS: readonly Card[] = [
  { id: 'i.media', kind: 'images', section: MEDIA_SECTION, width: 2, height: 1, options: {} },
]
const NONE: readonly Card[] = []

/** The default card of media, where runs logged images by step. @param tags keys of the runs of an experiment */
export const mediaCards = (tags: readonly string[] = []) => (tags.includes(LOGGED_IMAGES) ? CARDS : NONE)
