/** Messages of the leak warnings in a tag. Returns the tag itself if it is not a JSON list. */
export function leakMessages(tag: string | undefined): string[] {
  if (!tag) return []
  try {
    const flags: unknown = JSON.parse(tag)
    if (Array.isArray(flags))
      return flags.map((flag) => (typeof flag === 'string' ? flag : (flag?.message ?? JSON.stringify(flag))))
  } catch {
    // not JSON
  }
  return [tag]
}
