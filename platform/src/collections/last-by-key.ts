interface Entry {
  readonly key: string
  readonly value?: string
}

/**
 * Removes duplicate keys from the tags or parameters of a request: the last value of a key wins, at the position of the
 * first. A missing value becomes ''.
 */
export const lastByKey = (entries: readonly Entry[]): { key: string; value: string }[] =>
  Array.from(new Map(entries.map(({ key, value = '' }) => [key, value])), ([key, value]) => ({ key, value }))
