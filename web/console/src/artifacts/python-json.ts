/** A string is matched whole, so that the words in it stay. One that a part of a file cuts off ends with the text. */
const STRING_OR_WORD = /"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)|-?\b(?:NaN|Infinity)\b/g
/** A character that no text uses. */
const MARK = '\uffff'

/** Parses JSON as Python writes it, with NaN and infinities. @throws SyntaxError */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!text.includes('NaN') && !text.includes('Infinity')) throw error
  }
  const marked = text.replace(STRING_OR_WORD, (found) =>
    found.startsWith('"') ? found : `"${MARK}${found}"`,
  )
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? Number(value.slice(1)) : value,
  )
}
