import { randomUUID } from 'node:crypto'
import { noteAccessChange } from '@cairn/platform/auth/access-cache'
import type { AllowedObjects } from '@cairn/platform/auth/object-access'
import type { Principal } from '@cairn/platform/auth/principal'
import { enterSecurable, removeSecurable, renameSecurable } from '@cairn/platform/auth/securables'
import { claimName } from '@cairn/platform/db/claim-name'
import type { Db } from '@cairn/platform/db/db'
import { decodePageToken, encodePageToken, pageOf } from '@cairn/platform/db/page'
import { ApiError } from '@cairn/platform/errors'
import type { WebhookSecrets } from '@cairn/platform/webhooks/webhook-secrets'
import type { DestinationRow, PipelinesSchema } from '../schema.js'
import { DESTINATION, noSuchDestination } from './securable.js'

export type DestinationValues = Pick<DestinationRow, 'display_name' | 'destination_type'> & {
  readonly url: string
}

/** Stores the destinations that jobs may notify, with their URLs encrypted. */
export class DestinationStore {
  readonly #db: Db<PipelinesSchema>
  readonly #secrets: WebhookSecrets
  readonly #now: () => number

  constructor(db: Db<PipelinesSchema>, secrets: WebhookSecrets, now: () => number) {
    this.#db = db
    this.#secrets = secrets
    this.#now = now
  }

  /** @throws RESOURCE_ALREADY_EXISTS for a name that another one has */
  async create({ url, ...values }: DestinationValues, { id: owner }: Principal): Promise<DestinationRow> {
    const id = randomUUID()
    const created_at = this.#now()
    const row = { id, created_at, url: this.#secrets.seal(url, id), ...values }
    await claimName(
      this.#db,
      () => nameTaken(values.display_name),
      async (tx) => {
        await tx.insertInto('notification_destinations').values(row).execute()
        await enterSecurable(tx, { type: DESTINATION, id, name: values.display_name, owner, created_at })
      },
    )
    noteAccessChange(this.#db)
    return row
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

  /** In the order of names. @param allowed undefined for all */
  async list(limit: number, pageToken: string | undefined, allowed: AllowedObjects | undefined) {
    const after = decodePageToken(pageToken, (value) => (typeof value === 'string' ? value : undefined))
    const rows = await this.#db.read
      .selectFrom('notification_destinations')
      .selectAll()
      .$if(after !== undefined, (query) => query.where('display_name', '>', after!))
      .$if(allowed !== undefined, (query) => query.where(allowed!.hasId('notification_destinations.id')))
      .orderBy('display_name')
      .limit(limit + 1)
      .execute()
    const { page, last } = pageOf(rows, limit)
    return { destinations: page, next: last && encodePageToken(last.display_name) }
  }

  /** @throws RESOURCE_DOES_NOT_EXIST, RESOURCE_ALREADY_EXISTS */
  async update(id: string, { url, ...values }: Partial<DestinationValues>): Promise<DestinationRow> {
    const taken = () => nameTaken(values.display_name!)
    const updated = await claimName(this.#db, taken, async (tx) => {
      const row = await tx
        .updateTable('notification_destinations')
        .set({ ...values, ...(url !== undefined && { url: this.#secrets.seal(url, id) }) })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst()
      if (!row) throw noSuchDestination(id)
      await renameSecurable(tx, DESTINATION, id, row.display_name)
      return row
    })
    noteAccessChange(this.#db)
    return updated
  }

  /** Deletes a destination with its grants. @throws RESOURCE_DOES_NOT_EXIST */
  async delete(id: string): Promise<void> {
    await this.#db.transaction(async (tx) => {
      const { numDeletedRows } = await tx
        .deleteFrom('notification_destinations')
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      if (numDeletedRows === 0n) throw noSuchDestination(id)
      await removeSecurable(tx, DESTINATION, id)
    })
    noteAccessChange(this.#db)
  }
}

const nameTaken = (name: string) =>
  new ApiError('RESOURCE_ALREADY_EXISTS', `A notification destination named '${name}' already exists.`)
