/** Further mentions in one comment are plain text. */
const MAX_NAMES = 50
const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g
/** Names of principals are ASCII, so a Korean particle after a name is not part of it. */
const MENTION = /(?<![\p{L}\p{N}_@/.-])@(\w(?:[\w.+@-]*\w)?)/gu
/** No principal has a longer name, and PostgreSQL could not index it. */
const MAX_LENGTH = 255

/** Returns the principals that Markdown mentions as `@name`, outside of code, in lower case. */
export function mentionedNames(markdown: string): string[] {
  const names = [...markdown.replace(CODE, ' ').matchAll(MENTION)]
    .map(([, name]) => name!.toLowerCase())
    .filter(({ length }) => length <= MAX_LENGTH)
  return [...new Set(names)].slice(0, MAX_NAMES)
}
