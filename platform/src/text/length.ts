import { firstCharacters } from './first-characters.js'

/** Compares lengths in characters, not UTF-16 units. Long texts are not scanned, because a character has at most two units. */
export const isLonger = (text: string, limit: number) =>
  text.length > limit && (text.length > 2 * limit || [...text].length > limit)

/** Truncates silently, as MLflow does by default. */
export const truncate = (value: string, limit: number) =>
  isLonger(value, limit) ? firstCharacters(value, limit) : value
