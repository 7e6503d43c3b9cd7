/** Where a page of jobs or runs ended, newest first: a time and an id. */
type PagePosition = readonly [time: number, id: number]

export function acceptPosition(value: unknown): PagePosition | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined
  return value.every((part) => Number.isSafeInteger(part)) ? (value as unknown as PagePosition) : undefined
}
