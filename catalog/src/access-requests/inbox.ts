import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { SecurableChain } from '@cairn/platform/auth/decide'
import type { Principal } from '@cairn/platform/auth/principal'
import type { AccessRequestState } from '@cairn/platform/protocol/cairn/access-requests'
import { type ChainSources, chainById } from './chain-by-id.js'
import type { AccessRequestStore, NamedAccessRequest } from './store.js'

const BATCH = 100
/** A call reads at most this many rows, and then returns a shorter page. */
const MAX_SCANNED = 1_000

export interface DecidableRequest {
  readonly row: NamedAccessRequest
  readonly chain: SecurableChain
}

export type InboxPosition = readonly [time: number, id: string]

/** Lists the requests that a principal may decide: those for securables on which it has MANAGE, as owners and admins do. */
export class Inbox {
  readonly #store: AccessRequestStore
  readonly #authorizer: Authorizer
  readonly #sources: ChainSources

  constructor(store: AccessRequestStore, authorizer: Authorizer, sources: ChainSources) {
    this.#store = store
    this.#authorizer = authorizer
    this.#sources = sources
  }

  /** Newest first. @returns the position of the next page, undefined after the last */
  async page(
    principal: Principal,
    state: AccessRequestState | undefined,
    after: InboxPosition | undefined,
    limit: number,
  ): Promise<{ found: DecidableRequest[]; next: InboxPosition | undefined }> {
    const identities = await this.#authorizer.identities(principal)
    const managed = await this.#store.managedBy(identities)
    if (managed === 'none') return { found: [], next: undefined }
    const filter = {
      hasSecurable: true,
      state,
      ...(managed === 'some' && { managedBy: identities }),
    } as const
    const found: DecidableRequest[] = []
    let position = after
    for (let scanned = 0; scanned < MAX_SCANNED; scanned += BATCH) {
      const rows = await this.#store.list(filter, position, BATCH)
      for (const one of await this.#decidable(principal, rows)) {
        found.push(one)
        if (found.length === limit) return { found, next: positionOf(one.row) }
      }
      if (rows.length < BATCH) return { found, next: undefined }
      position = positionOf(rows.at(-1)!)
    }
    return { found, next: position }
  }

  async #decidable(principal: Principal, rows: readonly NamedAccessRequest[]): Promise<DecidableRequest[]> {
    const chains = new Map<string, SecurableChain | undefined>()
    for (const row of rows)
      if (!chains.has(keyOf(row)))
        chains.set(keyOf(row), await chainById(this.#sources, row.securable_type, row.securable_id!))
    const found = rows.flatMap((row) => {
      const chain = chains.get(keyOf(row))
      return chain ? [{ row, chain }] : []
    })
    const decisions = await this.#authorizer.decideAll(
      principal,
      'MANAGE',
      found.map(({ chain }) => chain),
    )
    return found.filter((_, at) => decisions[at]!.allowed)
  }
}

const keyOf = ({ securable_type, securable_id }: NamedAccessRequest) => `${securable_type} ${securable_id}`
const positionOf = ({ created_at, id }: NamedAccessRequest): InboxPosition => [created_at, id]
