import { setImmediate } from 'node:timers/promises'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import { decide, type Grant, type SecurableChain } from '@cairn/platform/auth/decide'
import { KINDS } from '@cairn/platform/auth/kinds'
import type { Principal } from '@cairn/platform/auth/principal'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import { decodePageToken, encodePageToken, pageOf } from '@cairn/platform/db/page'
import type { PrincipalEntry } from '@cairn/platform/protocol/cairn/access-review'
import type { SecurableType } from '@cairn/platform/protocol/privileges'
import { sql } from 'kysely'
import { allSecurables, parsePosition, positionOf, type Stores } from './all-securables.js'
import { type AllowedPrivilege, allowedPrivileges, privilegesOn } from './allowed-privileges.js'
import { Memberships } from './memberships.js'
import { toReviewedPrivileges } from './reviewed-privileges.js'

const BATCH = 200
/** A call reads at most this many securables, and then returns a shorter page. */
const MAX_SCANNED = 1_000

interface Found {
  readonly chain: SecurableChain
  readonly allowed: readonly AllowedPrivilege[]
}

/** Lists the privileges of a principal on all securables, each with its grant. */
export class PrincipalReview {
  readonly #db: Db<AuthSchema>
  readonly #authorizer: Authorizer
  readonly #stores: Stores

  constructor(db: Db<AuthSchema>, authorizer: Authorizer, stores: Stores) {
    this.#db = db
    this.#authorizer = authorizer
    this.#stores = stores
  }

  /** Returns a page of securables on which the principal has a privilege. A short or empty page need not be the last one. */
  async page(
    principal: Principal,
    limit: number,
    page_token: string | undefined,
  ): Promise<{ entries: PrincipalEntry[]; next_page_token: string | null }> {
    const paths = (await Memberships.above(this.#db, [principal.id])).paths(principal.id)
    const after = decodePageToken(page_token, parsePosition)
    const { found, stopped } = await this.#find(principal, new Set(paths.keys()), limit + 1, after)
    const { page, last } = pageOf(found, limit)
    const privileges = await toReviewedPrivileges(
      this.#authorizer,
      page.map(({ allowed }) => ({ allowed, paths })),
    )
    const entries = page.map(({ chain: [{ type, id, name }] }, at) => ({
      securable_type: type,
      securable_id: id,
      full_name: name,
      privileges: privileges[at]!,
    }))
    const next = last?.chain ?? stopped
    return { entries, next_page_token: next ? encodePageToken(positionOf(next)) : null }
  }

  /** @returns also the last scanned securable, if more may follow it */
  async #find(
    principal: Principal,
    identities: ReadonlySet<string>,
    wanted: number,
    after: ReturnType<typeof parsePosition>,
  ): Promise<{ found: Found[]; stopped?: SecurableChain }> {
    const found: Found[] = []
    let batch: SecurableChain[] = []
    const walk = {
      among: (type: SecurableType) =>
        this.#authorizer.objects.allowedObjects(principal, privilegesOn(type), type),
      enters: async (container: SecurableChain) => this.#enters(container, identities),
    }
    const decideBatch = async () => {
      const grants = await this.#grantsOn(batch, identities)
      for (const chain of batch) {
        const allowed = allowedPrivileges({
          ...{ identities, chain, grants: grantsOf(chain, grants) },
          defaults: this.#authorizer.defaults,
        })
        if (allowed.length > 0) found.push({ chain, allowed })
      }
      batch = []
      await setImmediate()
    }
    let scanned = 0
    for await (const chain of allSecurables(this.#stores, walk, after)) {
      batch.push(chain)
      if (batch.length < BATCH) continue
      scanned += batch.length
      await decideBatch()
      if (found.length >= wanted || scanned >= MAX_SCANNED) return { found, stopped: chain }
    }
    await decideBatch()
    return { found }
  }

  /** Without USE or BROWSE on a container, nothing in it is allowed. */
  async #enters(container: SecurableChain, identities: ReadonlySet<string>): Promise<boolean> {
    const grants = grantsOf(container, await this.#grantsOn([container], identities))
    const privileges = [KINDS[container[0].type].use!, 'BROWSE' as const]
    const { defaults } = this.#authorizer
    return decide({ identities, privileges, chain: container, grants, defaults }).allowed
  }

  async #grantsOn(
    chains: readonly SecurableChain[],
    identities: ReadonlySet<string>,
  ): Promise<ReadonlyMap<string, readonly Grant[]>> {
    const { dialect, read } = this.#db
    const ids = new Set(chains.flatMap((chain) => chain.map(({ id }) => id)))
    const { rows } = await sql<Grant>`
      select grants.principal_id, grants.securable_type, grants.securable_id, grants.privilege,
        grants.expires_at
      from ${idRows(dialect, ids)} as wanted join grants on grants.securable_id = wanted.id
      where grants.principal_id in (select id from ${idRows(dialect, identities)} as identities)
    `.execute(read)
    const byId = new Map<string, Grant[]>()
    for (const row of rows) byId.set(row.securable_id, [...(byId.get(row.securable_id) ?? []), row])
    return byId
  }
}

const grantsOf = (chain: SecurableChain, grants: ReadonlyMap<string, readonly Grant[]>) =>
  chain.flatMap(({ id }) => grants.get(id) ?? [])
