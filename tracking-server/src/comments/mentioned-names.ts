/** Names of more principals in one comment are text only. */
const MAX_NAMES = 50
const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g
const MENTION = /(?<![\p{L}\p{N}_@/.-])@([\p{L}\p{N}_](?:[\p{L}\p{N}_.+@-]*[\p{L}\p{N}_])?)/gu

/** The principals that a text in Markdown mentions as `@name`, outside of code, in lower case. */
export function mentionedNames(markdown: string): string[] {
  const names = [...markdown.replace(CODE, ' ').matchAll(MENTION)].map(([, name]) => name!.toLowerCase())
  return [...new Set(names)].slice(0, MAX_NAMES)
}
