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

export interface PageSource<Row> {
  /** Returns the next rows in key order, after the key. */
  fetch(after: string | undefined, limit: number): Promise<readonly Row[]>
  key(row: Row): string
  chain(row: Row): SecurableChain
  /** Any of these makes a row visible. */
  readonly privileges: readonly Privilege[]
}

/**
 * Returns a full page of visible rows: batches are fetched until the page is full. The page token is the key of the last
 * returned row, so it reveals nothing hidden.
 */
export async function visiblePage<Row>(
  authorizer: Authorizer,
  principal: Principal,
  { max_results, page_token }: PageRequest,
  source: PageSource<Row>,
): Promise<{ rows: readonly Row[]; next_page_token: string | null }> {
  const limit = Math.min(max_results || MAX_PAGE, MAX_PAGE)
  const visible: Row[] = []
  let after = decodePageToken(page_token, (value) => (typeof value === 'string' ? value : undefined))
  while (visible.length <= limit) {
    const batch = await source.fetch(after, BATCH)
    const decisions = await authorizer.decideAll(principal, source.privileges, batch.map(source.chain))
    visible.push(...batch.filter((_, index) => decisions[index]!.allowed))
    if (batch.length < BATCH) break
    after = source.key(batch.at(-1)!)
  }
  const { page, last } = pageOf(visible, limit)
  return { rows: page, next_page_token: last ? encodePageToken(source.key(last)) : null }
}
