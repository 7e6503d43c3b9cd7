import { setImmediate } from 'node:timers/promises'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import { isOn, type Securable, type SecurableChain } from '@cairn/platform/auth/decide'
import type { Grants } from '@cairn/platform/auth/grants'
import { EVERYONE } from '@cairn/platform/auth/principal'
import type { AuthSchema, PrincipalRow } from '@cairn/platform/auth/schema'
import { groupBy } from '@cairn/platform/collections/group-by'
import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import { decodePageToken, encodePageToken, pageOf } from '@cairn/platform/db/page'
import type { ObjectEntry } from '@cairn/platform/protocol/cairn/access-review'
import { sql } from 'kysely'
import { allowedPrivileges, withoutHidden } from './allowed-privileges.js'
import { Memberships } from './memberships.js'
import { toReviewedPrivileges } from './reviewed-privileges.js'

/** Most candidates have access, so a batch of this size usually fills a page. */
const BATCH = 200
/** A call reads at most this many candidates, and then returns a shorter page. */
const MAX_SCANNED = 1_000

interface ObjectReviewPage {
  readonly limit: number
  readonly page_token: string | undefined
  /**
   * The groups whose members are listed: all, or only those with a grant on the object itself. A manager of the object may know
   * which groups have a grant on a container, but not their members. A grant to all principals does not list them.
   */
  readonly members: 'all' | 'of the object'
}

type GrantsByHolder = ReadonlyMap<string, Awaited<ReturnType<Grants['onChain']>>>

type Candidate = Pick<PrincipalRow, 'id' | 'type' | 'name' | 'active'>

interface Candidates {
  readonly candidates: readonly Candidate[]
  /** Tells whether the reader may know the members of a group. */
  readonly isShown: (holder: string) => boolean
}

/** Lists the principals with privileges on a securable, each with its grant. */
export class ObjectReview {
  readonly #db: Db<AuthSchema>
  readonly #grants: Grants
  readonly #authorizer: Authorizer

  constructor(db: Db<AuthSchema>, grants: Grants, authorizer: Authorizer) {
    this.#db = db
    this.#grants = grants
    this.#authorizer = authorizer
  }

  /** Returns a page of principals with a privilege, ordered by name. A short or empty page need not be the last one. */
  async page(
    chain: SecurableChain,
    { limit, page_token, members }: ObjectReviewPage,
  ): Promise<{ entries: ObjectEntry[]; next_page_token: string | null }> {
    const { defaults } = this.#authorizer
    const grants = groupBy(await this.#grants.onChain(chain), ({ principal_id }) => principal_id)
    const byDefault = defaults[chain[0].type]?.length ? [EVERYONE.id] : []
    const holders = new Set([...grants.keys(), ...chain.map(({ owner }) => owner), ...byDefault])
    const shown = members === 'all' ? holders : holdersOn(chain[0], grants)
    const isShown = (holder: string) => members === 'all' || holder === EVERYONE.id || shown.has(holder)
    const entries: ObjectEntry[] = []
    let after = decodePageToken(page_token, (value) => (typeof value === 'string' ? value : undefined))
    let isLast = false
    for (let scanned = 0; !isLast && entries.length <= limit && scanned < MAX_SCANNED; scanned += BATCH) {
      const candidates = await this.#candidates({ holders, shown }, after)
      entries.push(...(await this.#entries(chain, grants, { candidates, isShown })))
      isLast = candidates.length < BATCH
      after = candidates.at(-1)?.name
      await setImmediate()
    }
    const { page, last } = pageOf(entries, limit)
    const next = last?.principal ?? (isLast ? undefined : after)
    return { entries: [...page], next_page_token: next === undefined ? null : encodePageToken(next) }
  }

  async #entries(
    chain: SecurableChain,
    grants: GrantsByHolder,
    { candidates, isShown }: Candidates,
  ): Promise<ObjectEntry[]> {
    const memberships = await Memberships.above(
      this.#db,
      candidates.map(({ id }) => id),
    )
    const findings = candidates.flatMap((candidate) => {
      const paths = memberships.paths(candidate.id)
      const own = [...paths.keys()].flatMap((id) => grants.get(id) ?? [])
      const identities = new Set(paths.keys())
      const { defaults } = this.#authorizer
      const allowed = allowedPrivileges({ identities, chain, grants: own, defaults }).map((one) =>
        withoutHidden(one, (holder) => holder === candidate.id || isShown(holder)),
      )
      return allowed.length > 0 ? [{ candidate, allowed, paths }] : []
    })
    const privileges = await toReviewedPrivileges(this.#authorizer, findings)
    return findings.map(({ candidate }, at) => ({
      principal: candidate.name,
      principal_type: candidate.type,
      active: candidate.active === 1,
      privileges: privileges[at]!,
    }))
  }

  /** Returns holders of grants, owners, and members of `shown` groups after a name. All principals have a default. */
  async #candidates(
    { holders, shown }: Record<'holders' | 'shown', ReadonlySet<string>>,
    after = '',
  ): Promise<Candidate[]> {
    const { rows } = await sql<Candidate>`
      with recursive below(id) as (
        select id from ${idRows(this.#db.dialect, shown)} as shown
        union select group_members.member_id from group_members join below on below.id = group_members.group_id
      )
      select id, type, name, active from principals
      where name > ${after} and (id in (select id from below)
        or id in (select id from ${idRows(this.#db.dialect, holders)} as holders) or exists (select 1 from below where id = ${EVERYONE.id}))
      order by name limit ${BATCH}
    `.execute(this.#db.read)
    return rows
  }
}

function holdersOn(object: Securable, grants: GrantsByHolder): ReadonlySet<string> {
  const direct = [...grants].filter(([, held]) => held.some((grant) => isOn(grant, object)))
  const holders = new Set([object.owner, ...direct.map(([id]) => id)])
  holders.delete(EVERYONE.id)
  return holders
}
