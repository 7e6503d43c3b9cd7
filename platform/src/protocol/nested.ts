/** As deep as protobuf's JSON parser reads. What is far deeper cannot be written as text again. */
export const MOST_NESTED = 100

/** Whether lists and objects are nested deeper than that. Looks no further, so it needs no deep stack itself. */
export function isNestedDeeper(value: unknown, most = MOST_NESTED): boolean {
  if (typeof value !== 'object' || value === null) return false
  return most === 0 || Object.values(value).some((one) => isNestedDeeper(one, most - 1))
}
