/** The most runs that one request reads or compares. */
export const MAX_RUNS = 1_000

/** Splits items into batches, the last of which may be shorter. */
export const batchesOf = <T>(items: readonly T[], size = MAX_RUNS): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
