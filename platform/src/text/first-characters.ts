/** Counts characters like a database's `substr`: a surrogate pair is one. */
export const firstCharacters = (text: string, characters: number) =>
  [...text.slice(0, 2 * characters)].slice(0, characters).join('')
