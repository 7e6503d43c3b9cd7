interface Entry {
  readonly key: string
  readonly value?: string
}

/** Keeps the last entry of each key, at the position of the first one. A missing value becomes ''. */
export const lastByKey = (entries: readonly Entry[]): { key: string; value: string }[] =>
  Array.from(new Map(entries.map(({ key, value = '' }) => [key, value])), ([key, value]) => ({ key, value }))
