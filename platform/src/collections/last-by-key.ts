interface Given {
  readonly key: string
  readonly value?: string
}

/** Of entries with the same key the last, where the first of them stood. A value that is left out is empty. */
export const lastByKey = (entries: readonly Given[]): { key: string; value: string }[] =>
  Array.from(new Map(entries.map(({ key, value = '' }) => [key, value])), ([key, value]) => ({ key, value }))
