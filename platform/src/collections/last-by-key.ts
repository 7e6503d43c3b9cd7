interface Entry {
  readonly key: string
  readonly value?: string
}

/**
 * Removes duplicate keys from the tags or parameters of a request. The last value of a key takes the position of the first
 * one. A missing value becomes ''.
 */
export const lastByKey = (entries: readonly Entry[]): { key: string; value: string }[] =>
  Array.from(new Map(entries.map(({ key, value = '' }) => [key, value])), ([key, value]) => ({ key, value }))
