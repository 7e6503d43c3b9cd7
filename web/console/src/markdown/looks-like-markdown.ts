const MARKS = [
  /^#{1,6} \S/m, // a heading
  /\*\*\S[^*\n]*\*\*/, // bold
  /^ {0,3}([-*+]|\d{1,3}[.)]) \S.*\n+ {0,3}([-*+]|\d{1,3}[.)]) \S/m, // a list of two items
  /^ {0,3}```/m, // a block of code
  /`[^`\n]+`/, // code
  /\[[^\]\n]+\]\([^)\s]+\)/, // a link
  /^\|?[^|\n]+\|[^\n]*\n[ :|-]*-[ :|-]*$/m, // a table
]
const MAX_LENGTH = 4_000

/** Returns whether a text would lose by being shown as it is. Plain text keeps its line breaks, which Markdown joins. */
export function looksLikeMarkdown(text: string): boolean {
  const start = text.slice(0, MAX_LENGTH)
  return MARKS.some((mark) => mark.test(start))
}
