/** The name after the last `@` before the caret, while it is typed; undefined elsewhere. */
export function mentionAt(
  text: string,
  caret: number,
): { readonly from: number; readonly name: string } | undefined {
  const found = /(?<![\p{L}\p{N}_@/.-])@([\p{L}\p{N}_][\p{L}\p{N}_.+@-]*)$/u.exec(text.slice(0, caret))
  return found ? { from: found.index, name: found[1]! } : undefined
}

/** Puts a whole name in place of the one that is typed, and a space behind it. */
export function putMention(text: string, { from, caret }: { from: number; caret: number }, name: string) {
  const before = `${text.slice(0, from)}@${name} `
  return { text: before + text.slice(caret).replace(/^ /, ''), caret: before.length }
}
