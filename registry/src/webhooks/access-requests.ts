import type { AccessRequestEventRow, AccessRequestRow } from '@cairn/platform/auth/schema'
import type { Db, Transaction } from '@cairn/platform/db/db'
import type { RegistrySchema } from '../schema.js'
import type { Outbox } from './outbox.js'

const EVENTS_AT_ONCE = 100
const DAY_MS = 86_400_000

/**
 * Moves events on requests for access to the outbox, in one transaction. The catalog writes them together with the change. A
 * request for an absent securable raises no event.
 */
export class AccessRequestEvents {
  readonly #db: Db<RegistrySchema>
  readonly #outbox: Outbox

  constructor(db: Db<RegistrySchema>, outbox: Outbox) {
    this.#db = db
    this.#outbox = outbox
  }

  async handOver(): Promise<void> {
    while ((await this.#handOverSome()) === EVENTS_AT_ONCE);
  }

  async #handOverSome(): Promise<number> {
    const due = await this.#db.read
      .selectFrom('access_request_events')
      .select('id')
      .orderBy('created_at')
      .limit(EVENTS_AT_ONCE)
      .execute()
    if (due.length === 0) return 0
    await this.#db.transaction(async (tx) => {
      const events = await tx
        .deleteFrom('access_request_events')
        .where(
          'id',
          'in',
          due.map(({ id }) => id),
        )
        .returningAll()
        .execute()
      for (const event of events.toSorted((one, other) => one.created_at - other.created_at))
        await this.#put(tx, event)
    })
    return due.length
  }

  async #put(tx: Transaction<RegistrySchema>, { request_id, state, created_at }: AccessRequestEventRow) {
    const request = await tx
      .selectFrom('access_requests')
      .innerJoin('principals as asking', 'asking.id', 'access_requests.requester')
      .leftJoin('principals as deciding', 'deciding.id', 'access_requests.decided_by')
      .selectAll('access_requests')
      .select(['asking.name as requester_name', 'deciding.name as decider_name'])
      .where('access_requests.id', '=', request_id)
      .executeTakeFirst()
    if (!request || request.securable_id === null) return
    const action = state === 'open' ? 'CREATED' : 'UPDATED'
    const data = dataOf(request, state)
    await this.#outbox.putEvent(tx, { entity: 'ACCESS_REQUEST', action }, data, created_at)
  }
}

type NamedRequest = AccessRequestRow & {
  readonly requester_name: string
  readonly decider_name: string | null
}

/** The state is the event's, because the request may have been decided since. */
function dataOf(row: NamedRequest, state: AccessRequestEventRow['state']): object {
  const { decided_at, grant_days } = row
  return {
    ...{ id: row.id, state, requester: row.requester_name, reason: row.reason },
    ...{ securable_type: row.securable_type, securable_id: row.securable_id, full_name: row.asked_name },
    privileges: JSON.parse(row.privileges),
    ...(row.level !== null && { level: row.level }),
    ...(grant_days !== null && { grant_expires_in_days: grant_days }),
    ...(state !== 'open' && { decided_by: row.decider_name ?? row.decided_by, comment: row.comment }),
    ...(state === 'approved' && {
      granted: JSON.parse(row.granted ?? '[]'),
      ...(grant_days !== null &&
        decided_at !== null && { grant_expires_at: decided_at + grant_days * DAY_MS }),
    }),
  }
}
