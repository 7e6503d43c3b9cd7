/** The first characters of a text, as `substr` in a database counts them: a surrogate pair is one. */
export const firstCharacters = (text: string, characters: number) =>
  [...text.slice(0, 2 * characters)].slice(0, characters).join('')
