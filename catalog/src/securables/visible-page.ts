import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { SecurableChain } from '@cairn/platform/auth/decide'
import type { Principal } from '@cairn/platform/auth/principal'
import { decodePageToken, encodePageToken, pageOf } from '@cairn/platform/db/page'
import type { Privilege } from '@cairn/platform/protocol/privileges'

export const MAX_PAGE = 1_000
const BATCH = 500

export interface PageRequest {
  readonly max_results?: number
  readonly page_token?: string
}

export interface Listing<Row> {
  /** The next rows in key order, after the key. */
  fetch(after: string | undefined, limit: number): Promise<readonly Row[]>
  key(row: Row): string
  chain(row: Row): SecurableChain
  /** One of these makes a row visible. */
  readonly sight: readonly Privilege[]
}

/**
 * A page of what the principal may see, never short of it: rows are fetched until the page is full. Its token is the
 * key of the last row shown, so it carries nothing that the caller has not seen.
 */
export async function visiblePage<Row>(
  authorizer: Authorizer,
  principal: Principal,
  { max_results, page_token }: PageRequest,
  listing: Listing<Row>,
): Promise<{ rows: readonly Row[]; next_page_token: string | null }> {
  const limit = Math.min(max_results || MAX_PAGE, MAX_PAGE)
  const visible: Row[] = []
  let after = decodePageToken(page_token, (value) => (typeof value === 'string' ? value : undefined))
  while (visible.length <= limit) {
    const batch = await listing.fetch(after, BATCH)
    const decisions = await authorizer.decideAll(principal, listing.sight, batch.map(listing.chain))
    visible.push(...batch.filter((_, index) => decisions[index]!.allowed))
    if (batch.length < BATCH) break
    after = listing.key(batch.at(-1)!)
  }
  const { page, last } = pageOf(visible, limit)
  return { rows: page, next_page_token: last ? encodePageToken(listing.key(last)) : null }
}
