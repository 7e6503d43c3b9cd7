import { firstCharacters } from './first-characters.js'

/** Characters, not UTF-16 units, of which one has two at most: only so much of a long text is looked at. */
export const isLonger = (text: string, limit: number) =>
  text.length > limit && (text.length > 2 * limit || [...text].length > limit)

/** Long values are cut without a word, as MLflow does by default. */
export const truncate = (value: string, limit: number) =>
  isLonger(value, limit) ? firstCharacters(value, limit) : value
