import { decodePageToken, encodePageToken, timeAndId } from '@cairn/platform/db/page'

const MAX_PAGE = 1_000
const BATCH = 500
/** A call reads at most this many rows, and then returns a shorter page. */
const MAX_SCANNED = 5_000

interface Row {
  readonly id: string
  readonly created_at: number
}

interface PageRequest {
  readonly max_results?: number
  readonly page_token?: string
}

interface PageSource<R extends Row> {
  /** Reads rows, newest first. @param before the last row of the previous batch */
  readonly fetch: (before: readonly [number, string] | undefined, limit: number) => Promise<readonly R[]>
  readonly matches: (row: R) => boolean
}

/** Returns a page of matching rows, the newest first. A short page need not be the last one. */
export async function matchingPage<R extends Row>(
  { max_results, page_token }: PageRequest,
  { fetch, matches }: PageSource<R>,
): Promise<{ rows: readonly R[]; next_page_token: string | null }> {
  const limit = Math.min(max_results || MAX_PAGE, MAX_PAGE)
  const found: R[] = []
  let before = decodePageToken(page_token, timeAndId)
  for (let scanned = 0; scanned < MAX_SCANNED; scanned += BATCH) {
    const batch = await fetch(before, BATCH)
    for (const row of batch.filter(matches)) {
      if (found.length === limit) return { rows: found, next_page_token: tokenAfter(found.at(-1)!) }
      found.push(row)
    }
    if (batch.length < BATCH) return { rows: found, next_page_token: null }
    before = [batch.at(-1)!.created_at, batch.at(-1)!.id]
  }
  return { rows: found, next_page_token: before ? encodePageToken(before) : null }
}

const tokenAfter = ({ created_at, id }: Row) => encodePageToken([created_at, id])

/** Returns a function that tells whether one of its texts contains `search`, ignoring case. Without `search`, all match. */
export function textMatcher(search: string | undefined): (...texts: readonly string[]) => boolean {
  const text = search?.trim().toLowerCase()
  return (...texts) => !text || texts.some((one) => one.toLowerCase().includes(text))
}
