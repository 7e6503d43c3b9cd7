/** Returns the first characters of a text. Counts like `substr` of databases, for which a surrogate pair is one character. */
export const firstCharacters = (text: string, characters: number) =>
  [...text.slice(0, 2 * characters)].slice(0, characters).join('')
