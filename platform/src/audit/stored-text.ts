/** PostgreSQL stores neither NUL nor half a surrogate pair, and indexes no key of more than 2,704 bytes. */
export const UNSTORABLE = /\0|\p{Surrogate}/gu
const MAX_BYTES = 1_024

/** Returns text that every database can store and index as a whole. */
export function storedText(text: string): string {
  const clean = text.slice(0, MAX_BYTES).replaceAll(UNSTORABLE, '')
  if (Buffer.byteLength(clean) <= MAX_BYTES) return clean
  return Buffer.from(clean)
    .subarray(0, MAX_BYTES)
    .toString()
    .replace(/\ufffd+$/, '')
}
