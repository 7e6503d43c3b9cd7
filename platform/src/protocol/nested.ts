/** The limit of protobuf's JSON parser. Much deeper values cannot be serialized again. */
export const MAX_NESTING = 100

/** Returns whether lists and objects are nested deeper than `most`. Recurses no deeper than that. */
export function isNestedDeeper(value: unknown, most = MAX_NESTING): boolean {
  if (typeof value !== 'object' || value === null) return false
  return most === 0 || Object.values(value).some((one) => isNestedDeeper(one, most - 1))
}
