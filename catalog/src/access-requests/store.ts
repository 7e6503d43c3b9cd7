import { randomUUID } from 'node:crypto'
import type { AccessRequestRow, AuthSchema } from '@cairn/platform/auth/schema'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { ApiError, missing } from '@cairn/platform/errors'
import type { AccessRequestState } from '@cairn/platform/protocol/cairn/access-requests'
import type { Privilege, SecurableType } from '@cairn/platform/protocol/privileges'
import { isManagedBy, managedBy } from './managed.js'
import type { RequestedAccess } from './requested-access.js'

const HOUR_MS = 3_600_000
/** Limits spam: several people receive each request. */
const REQUESTS_PER_HOUR = 30
const MAX_OPEN = 100

export interface NewAccessRequest extends RequestedAccess {
  /** Principal id. */
  readonly requester: string
  readonly type: SecurableType
  readonly askedName: string
  /** Undefined if the securable does not exist. */
  readonly securableId: string | undefined
  readonly reason: string
  readonly expiresInDays: number | undefined
  readonly grantDays: number | undefined
}

/** A request with the names of its requester and its decider. */
export type NamedAccessRequest = AccessRequestRow & {
  readonly requester_name: string
  readonly decider_name: string | null
}

export interface Outcome {
  readonly state: 'approved' | 'declined' | 'withdrawn'
  /** Principal id. */
  readonly by: string
  readonly comment?: string | undefined
  readonly granted?: readonly Privilege[]
  /** Days until the grants expire. */
  readonly grantDays?: number | undefined
}

export interface RequestFilter {
  readonly requester?: string
  /** Only requests for securables that existed when they were created. */
  readonly hasSecurable?: true
  readonly state?: AccessRequestState | undefined
  /** Only requests that these principals may decide. May contain a few others, which the caller filters out. */
  readonly managedBy?: ReadonlySet<string> | undefined
}

/** Requests for access, from their creation to a decision. */
export class AccessRequestStore {
  readonly #db: Db<AuthSchema>
  readonly #now: () => number

  constructor(db: Db<AuthSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /**
   * @returns the new request, or an equal open one
   * @throws RESOURCE_EXHAUSTED after many requests of the same principal
   */
  async create(request: NewAccessRequest): Promise<NamedAccessRequest> {
    const now = this.#now()
    const { requester, expiresInDays, grantDays = null } = request
    const row: AccessRequestRow = {
      ...{ id: randomUUID(), requester, securable_type: request.type, asked_name: request.askedName },
      ...{ securable_id: request.securableId ?? null, privileges: JSON.stringify(request.privileges) },
      ...{ level: request.level ?? null, reason: request.reason, state: 'open', created_at: now },
      expires_at: expiresInDays === undefined ? null : now + expiresInDays * 24 * HOUR_MS,
      ...{ decided_at: null, decided_by: null, comment: null, granted: null, grant_days: grantDays },
    }
    const id = await this.#db.transaction(async (tx) => {
      await this.#expire(tx, requester)
      const equal = await findEqual(tx, row)
      if (equal) return requireSameEnd(equal, grantDays)
      await requireRoom(tx, requester, now)
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('access_requests')
        .values(row)
        .onConflict((on) => on.doNothing())
        .executeTakeFirstOrThrow()
      if (numInsertedOrUpdatedRows === 1n) await putEvent(tx, row.id, 'open', now)
      return requireSameEnd((await findEqual(tx, row))!, grantDays)
    })
    return this.get(id)
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async get(id: string): Promise<NamedAccessRequest> {
    const row = await this.#rows().where('access_requests.id', '=', id).executeTakeFirst()
    if (!row) throw noSuchRequest(id)
    return this.#current(row)
  }

  /** Newest first. */
  async list(
    { requester, hasSecurable, state, managedBy: managers }: RequestFilter,
    before: readonly [time: number, id: string] | undefined,
    limit: number,
  ): Promise<NamedAccessRequest[]> {
    const now = this.#now()
    const rows = await this.#rows()
      .$if(requester !== undefined, (query) => query.where('requester', '=', requester!))
      .$if(hasSecurable === true, (query) => query.where('securable_id', 'is not', null))
      .$if(managers !== undefined, (query) => query.where(isManagedBy(managers!)))
      .$if(state === 'open', (query) =>
        query
          .where('state', '=', 'open')
          .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)])),
      )
      .$if(state === 'expired', (query) =>
        query.where((eb) =>
          eb.or([
            eb('state', '=', 'expired'),
            eb.and([eb('state', '=', 'open'), eb('expires_at', '<=', now)]),
          ]),
        ),
      )
      .$if(state !== undefined && state !== 'open' && state !== 'expired', (query) =>
        query.where('state', '=', state!),
      )
      .$if(before !== undefined, (query) =>
        query.where((eb) =>
          eb.or([
            eb('access_requests.created_at', '<', before![0]),
            eb.and([
              eb('access_requests.created_at', '=', before![0]),
              eb('access_requests.id', '<', before![1]),
            ]),
          ]),
        ),
      )
      .orderBy('access_requests.created_at', 'desc')
      .orderBy('access_requests.id', 'desc')
      .limit(limit)
      .execute()
    return rows.map((row) => this.#current(row))
  }

  /** Returns how many of the securables the principals manage. */
  managedBy(identities: ReadonlySet<string>): Promise<'all' | 'some' | 'none'> {
    return managedBy(this.#db, identities)
  }

  /** Ends a request in a transaction. @throws RESOURCE_CONFLICT when it is no longer open */
  async endIn(tx: Transaction<AuthSchema>, id: string, outcome: Outcome) {
    const now = this.#now()
    const { state, by, comment, granted, grantDays } = outcome
    const { numUpdatedRows } = await tx
      .updateTable('access_requests')
      .set({
        ...{ state, decided_at: now, decided_by: by, comment: comment || null },
        granted: granted ? JSON.stringify(granted) : null,
        ...(grantDays !== undefined && { grant_days: grantDays }),
      })
      .where('id', '=', id)
      .where('state', '=', 'open')
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
      .executeTakeFirstOrThrow()
    if (numUpdatedRows === 0n)
      throw new ApiError('RESOURCE_CONFLICT', `Access request '${id}' is not open any more.`)
    await putEvent(tx, id, state, now)
  }

  /** Ends a request. @throws RESOURCE_CONFLICT when it is no longer open */
  end(id: string, outcome: Outcome): Promise<void> {
    return this.#db.transaction((tx) => this.endIn(tx, id, outcome))
  }

  /** Deletes requests that ended before a time. @returns the number of deleted requests */
  async purge(before: number, limit: number): Promise<number> {
    return this.#db.transaction(async (tx) => {
      const old = tx
        .selectFrom('access_requests')
        .select('id')
        .where((eb) => eb.or([eb('decided_at', '<', before), eb('expires_at', '<', before)]))
        .limit(limit)
      const { numDeletedRows } = await tx
        .deleteFrom('access_requests')
        .where('id', 'in', old)
        .executeTakeFirstOrThrow()
      return Number(numDeletedRows)
    })
  }

  /** Deletes events from before a time that no server with webhooks has taken. @returns the number of deleted events */
  async purgeEvents(before: number, limit: number): Promise<number> {
    return this.#db.transaction(async (tx) => {
      const old = tx
        .selectFrom('access_request_events')
        .select('id')
        .where('created_at', '<', before)
        .limit(limit)
      const { numDeletedRows } = await tx
        .deleteFrom('access_request_events')
        .where('id', 'in', old)
        .executeTakeFirstOrThrow()
      return Number(numDeletedRows)
    })
  }

  /** Returns an open request past its end as expired. */
  #current<Row extends AccessRequestRow>(row: Row): Row {
    const isOver = row.state === 'open' && row.expires_at !== null && row.expires_at <= this.#now()
    return isOver ? { ...row, state: 'expired' } : row
  }

  /** Marks overdue requests as expired, so that they no longer count as open. */
  #expire(tx: Transaction<AuthSchema>, requester: string) {
    return tx
      .updateTable('access_requests')
      .set({ state: 'expired' })
      .where('requester', '=', requester)
      .where('state', '=', 'open')
      .where('expires_at', '<=', this.#now())
      .execute()
  }

  #rows() {
    return this.#db.read
      .selectFrom('access_requests')
      .innerJoin('principals as asking', 'asking.id', 'access_requests.requester')
      .leftJoin('principals as deciding', 'deciding.id', 'access_requests.decided_by')
      .selectAll('access_requests')
      .select(['asking.name as requester_name', 'deciding.name as decider_name'])
  }
}

export const noSuchRequest = (id: string) => missing(`Access request '${id}' does not exist.`)

/** Writes an event for webhooks, even if the request has no recipient: the response time must not reveal this. */
async function putEvent(
  tx: Transaction<AuthSchema>,
  request_id: string,
  state: AccessRequestState,
  created_at: number,
): Promise<void> {
  await tx
    .insertInto('access_request_events')
    .values({ id: randomUUID(), request_id, state, created_at })
    .execute()
}

/**
 * Returns the id of an open request with the same end. It never changes, so that an approval grants what the decider saw.
 *
 * @throws RESOURCE_CONFLICT
 */
function requireSameEnd(
  { id, grant_days }: Pick<AccessRequestRow, 'id' | 'grant_days'>,
  wanted: number | null,
) {
  if (grant_days === wanted) return id
  throw new ApiError(
    'RESOURCE_CONFLICT',
    `You have asked for the same access ${grant_days === null ? 'without an end' : `for ${grant_days} days`}: withdraw request '${id}' first.`,
  )
}

async function findEqual(tx: Transaction<AuthSchema>, row: AccessRequestRow) {
  return tx
    .selectFrom('access_requests')
    .select(['id', 'grant_days'])
    .where('requester', '=', row.requester)
    .where('securable_type', '=', row.securable_type)
    .where('asked_name', '=', row.asked_name)
    .where('privileges', '=', row.privileges)
    .where('state', '=', 'open')
    .executeTakeFirst()
}

/** @throws RESOURCE_EXHAUSTED */
async function requireRoom(tx: Transaction<AuthSchema>, requester: string, now: number): Promise<void> {
  const own = tx.selectFrom('access_requests').where('requester', '=', requester)
  const open = await own.where('state', '=', 'open').select('id').limit(MAX_OPEN).execute()
  if (open.length >= MAX_OPEN)
    throw new ApiError(
      'RESOURCE_EXHAUSTED',
      `You have ${MAX_OPEN} open requests for access: withdraw some first.`,
    )
  const recent = await own
    .where('created_at', '>', now - HOUR_MS)
    .select('created_at')
    .orderBy('created_at')
    .limit(REQUESTS_PER_HOUR)
    .execute()
  if (recent.length < REQUESTS_PER_HOUR) return
  const retry_after_seconds = Math.ceil((recent[0]!.created_at + HOUR_MS - now) / 1000)
  throw new ApiError('RESOURCE_EXHAUSTED', `You may send ${REQUESTS_PER_HOUR} requests for access an hour.`, {
    details: { retry_after_seconds },
  })
}
