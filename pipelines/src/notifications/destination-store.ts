import { randomUUID } from 'node:crypto'
import type { Db } from '@cairn/platform/db/db'
import { decodePageToken, encodePageToken, pageOf } from '@cairn/platform/db/page'
import { ApiError, invalid, missing } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/jobs'
import type { DestinationRow, PipelinesSchema } from '../schema.js'

const noSuchDestination = (id: string) => missing(`Notification destination '${id}' does not exist.`)

/** The destinations that jobs may notify. */
export class DestinationStore {
  readonly #db: Db<PipelinesSchema>
  readonly #now: () => number

  constructor(db: Db<PipelinesSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /** @throws RESOURCE_ALREADY_EXISTS for a name that another one has */
  async create(values: Omit<DestinationRow, 'id' | 'created_at'>): Promise<DestinationRow> {
    const row = { id: randomUUID(), created_at: this.#now(), ...values }
    const [created] = await this.#db.transaction((tx) =>
      tx
        .insertInto('notification_destinations')
        .values(row)
        .onConflict((on) => on.doNothing())
        .returningAll()
        .execute(),
    )
    if (!created) throw nameTaken(values.display_name)
    return created
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async get(id: string): Promise<DestinationRow> {
    const row = await this.#db.read
      .selectFrom('notification_destinations')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst()
    if (!row) throw noSuchDestination(id)
    return row
  }

  async list(limit: number, pageToken: string | undefined) {
    const after = decodePageToken(pageToken, (value) => (typeof value === 'string' ? value : undefined))
    const rows = await this.#db.read
      .selectFrom('notification_destinations')
      .selectAll()
      .$if(after !== undefined, (query) => query.where('display_name', '>', after!))
      .orderBy('display_name')
      .limit(limit + 1)
      .execute()
    const { page, last } = pageOf(rows, limit)
    return { destinations: page, next: last && encodePageToken(last.display_name) }
  }

  /** @throws RESOURCE_DOES_NOT_EXIST, RESOURCE_ALREADY_EXISTS */
  async update(id: string, values: Partial<Omit<DestinationRow, 'id'>>): Promise<DestinationRow> {
    if (Object.keys(values).length === 0) return this.get(id)
    return this.#db.transaction(async (tx) => {
      const other = await tx
        .selectFrom('notification_destinations')
        .select('id')
        .where('display_name', '=', values.display_name ?? '')
        .where('id', '!=', id)
        .executeTakeFirst()
      if (other) throw nameTaken(values.display_name!)
      const row = await tx
        .updateTable('notification_destinations')
        .set(values)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst()
      if (!row) throw noSuchDestination(id)
      return row
    })
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async delete(id: string): Promise<void> {
    const deleted = await this.#db.transaction((tx) =>
      tx.deleteFrom('notification_destinations').where('id', '=', id).returning('id').execute(),
    )
    if (deleted.length === 0) throw noSuchDestination(id)
  }

  /** @throws INVALID_PARAMETER_VALUE for settings that name a destination that does not exist */
  async requireNamed({ webhook_notifications = {} }: JobSettings): Promise<void> {
    const named = Object.entries(webhook_notifications).flatMap(([event, destinations]) =>
      // An event that is not supported may be false.
      Array.isArray(destinations) ? destinations.map(({ id }: { id: string }) => ({ event, id })) : [],
    )
    if (named.length === 0) return
    const rows = await this.#db.read
      .selectFrom('notification_destinations')
      .select('id')
      .where('id', 'in', [...new Set(named.map(({ id }) => id))])
      .execute()
    const absent = named.find(({ id }) => !rows.some((row) => row.id === id))
    if (absent)
      throw invalid(
        `webhook_notifications.${absent.event}: notification destination '${absent.id}' does not exist.`,
      )
  }
}

const nameTaken = (name: string) =>
  new ApiError('RESOURCE_ALREADY_EXISTS', `A notification destination named '${name}' already exists.`)
