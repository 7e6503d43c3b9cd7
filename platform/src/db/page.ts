import { invalid } from '../errors.js'

/** Encodes a position as an opaque page token: URL-safe base64 of JSON. */
export const encodePageToken = (position: unknown) =>
  Buffer.from(JSON.stringify(position)).toString('base64url')

/** The longest token. It contains values of the row at which a page ends. */
const MAX_TOKEN_LENGTH = 1_000_000

/**
 * Decodes the position in a page token.
 *
 * @param accept returns the position if the decoded value has the right shape, otherwise undefined
 * @throws INVALID_PARAMETER_VALUE for anything that was not issued by `encodePageToken`
 */
export function decodePageToken<T>(
  token: string | undefined,
  accept: (value: unknown) => T | undefined,
): T | undefined {
  if (!token) return undefined
  if (token.length > MAX_TOKEN_LENGTH)
    throw invalid(
      `Invalid page token: it has ${token.length} characters; at most ${MAX_TOKEN_LENGTH} are possible.`,
    )
  const decoded = Buffer.from(token, 'base64url').toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(decoded)
  } catch (cause) {
    throw invalid(`Invalid page token, decoded value=${JSON.stringify(decoded.slice(0, 100))}`, { cause })
  }
  const position = accept(value)
  if (position === undefined) throw invalid(`Invalid page token, decoded value=${decoded.slice(0, 100)}`)
  return position
}

/** Accepts a position in rows ordered by time and id; for `decodePageToken`. */
export function timeAndId(value: unknown): [number, string] | undefined {
  const [time, id, ...rest] = Array.isArray(value) ? value : []
  const isPosition = Number.isSafeInteger(time) && typeof id === 'string' && rest.length === 0
  return isPosition ? [time, id] : undefined
}

/** Splits `limit + 1` fetched rows into a page and whether more rows follow. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
): { page: readonly Row[]; last: Row | undefined } {
  const page = rows.slice(0, limit)
  return { page, last: rows.length > limit ? page.at(-1) : undefined }
}
