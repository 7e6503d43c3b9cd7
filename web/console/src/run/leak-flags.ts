/** The messages of the tag that says what speaks for a leak; a tag that cannot be read is shown as it is. */
export function leakMessages(tag: string | undefined): string[] {
  if (!tag) return []
  try {
    const flags: unknown = JSON.parse(tag)
    if (Array.isArray(flags))
      return flags.map((flag) => (typeof flag === 'string' ? flag : (flag?.message ?? JSON.stringify(flag))))
  } catch {
    // shown as it is
  }
  return [tag]
}
