/** The name after the last `@` before the caret, while it is typed; undefined elsewhere. */
export function mentionAt(
  text: string,
  caret: number,
): { readonly from: number; readonly name: string } | undefined {
  const found = /(?<![\p{L}\p{N}_@/.-])@([\p{L}\p{N}_][\p{L}\p{N}_.+@-]*)$/u.exec(text.slice(0, caret))
  return found ? { from: found.index, name: found[1]! } : undefined
}
