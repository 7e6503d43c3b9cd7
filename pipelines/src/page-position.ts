/** The cursor of a page of jobs or runs, newest first: a time and an id. */
type PagePosition = readonly [time: number, id: number]

/** Validates a decoded page token for the stores of jobs and runs. @returns undefined if it is not a position */
export function parsePagePosition(value: unknown): PagePosition | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined
  return value.every((number) => Number.isSafeInteger(number))
    ? (value as unknown as PagePosition)
    : undefined
}
