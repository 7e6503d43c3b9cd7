import type { Principal } from '@cairn/platform/auth/principal'
import { claimName } from '@cairn/platform/db/claim-name'
import type { Db } from '@cairn/platform/db/db'
import { ApiError, missing } from '@cairn/platform/errors'
import type { Announce } from '@cairn/platform/events/announcer'
import { newId } from '@cairn/platform/mlflow/new-id'
import { endpointChain } from '../endpoint-chain.js'
import type { EndpointRow, ServingSchema } from '../schema.js'
import type { EndpointConfig } from './config.js'

export type Tags = readonly { key: string; value?: string | undefined }[]

/** The rows of endpoints: desired configurations, from proposal to acceptance or rejection by the reconciler. */
export class EndpointStore {
  readonly #db: Db<ServingSchema>
  readonly #now: () => number
  readonly #announce: Announce

  constructor(db: Db<ServingSchema>, now: () => number, announce: Announce) {
    this.#db = db
    this.#now = now
    this.#announce = announce
  }

  /** @throws RESOURCE_ALREADY_EXISTS */
  async create(
    name: string,
    config: EndpointConfig,
    by: Principal,
    details: { tags: Tags; description: string },
  ): Promise<EndpointRow> {
    const time = this.#now()
    const row: EndpointRow = {
      id: newId(),
      name,
      owner: by.id,
      creator: by.name,
      description: details.description,
      tags: JSON.stringify(details.tags),
      creation_timestamp: time,
      last_updated_timestamp: time,
      config: null,
      config_version: 0,
      pending: JSON.stringify(config),
      pending_since: time,
      update_state: 'IN_PROGRESS',
      update_message: '',
    }
    await claimName(
      this.#db,
      (cause) =>
        new ApiError('RESOURCE_ALREADY_EXISTS', `Endpoint with name '${name}' already exists.`, { cause }),
      (tx) => tx.insertInto('endpoints').values(row).execute(),
    )
    this.announceChange(row)
    return row
  }

  /** Ids take precedence over names, so that an endpoint named like another's id cannot replace it. @throws RESOURCE_DOES_NOT_EXIST */
  async get(nameOrId: string): Promise<EndpointRow> {
    const rows = await this.#db.read
      .selectFrom('endpoints')
      .selectAll()
      .where((eb) => eb.or([eb('name', '=', nameOrId), eb('id', '=', nameOrId)]))
      .execute()
    const row = rows.find(({ id }) => id === nameOrId) ?? rows[0]
    if (!row) throw missing(`Endpoint with name '${nameOrId}' does not exist.`)
    return row
  }

  list(): Promise<EndpointRow[]> {
    return this.#db.read.selectFrom('endpoints').selectAll().orderBy('name').execute()
  }

  /** @throws RESOURCE_CONFLICT while another configuration is being loaded */
  async propose(id: string, config: EndpointConfig): Promise<EndpointRow> {
    const time = this.#now()
    const { numUpdatedRows } = await this.#db.transaction((tx) =>
      tx
        .updateTable('endpoints')
        .set({
          pending: JSON.stringify(config),
          pending_since: time,
          update_state: 'IN_PROGRESS',
          update_message: '',
          last_updated_timestamp: time,
        })
        .where('id', '=', id)
        .where('update_state', '!=', 'IN_PROGRESS')
        .executeTakeFirstOrThrow(),
    )
    const row = await this.get(id)
    if (numUpdatedRows === 0n)
      throw new ApiError(
        'RESOURCE_CONFLICT',
        `Endpoint '${row.name}' is being updated. Wait until state.config_update is NOT_UPDATING.`,
      )
    this.announceChange(row)
    return row
  }

  /**
   * Makes the proposed configuration active, unless another was proposed meanwhile. The caller announces the change once the
   * deployment is swapped in.
   */
  async accept(row: EndpointRow): Promise<void> {
    const { id, pending } = row
    await this.#db.transaction((tx) =>
      tx
        .updateTable('endpoints')
        .set((eb) => ({
          config: pending,
          config_version: eb('config_version', '+', 1),
          pending: null,
          pending_since: null,
          update_state: 'NOT_UPDATING',
          update_message: '',
          last_updated_timestamp: this.#now(),
        }))
        .where('id', '=', id)
        .where('pending', '=', pending)
        .execute(),
    )
  }

  /** The active configuration is unchanged. */
  async reject(row: EndpointRow, message: string): Promise<void> {
    const { id, pending } = row
    await this.#db.transaction((tx) =>
      tx
        .updateTable('endpoints')
        .set({ update_state: 'UPDATE_FAILED', update_message: message, last_updated_timestamp: this.#now() })
        .where('id', '=', id)
        .where('pending', '=', pending)
        .execute(),
    )
    this.announceChange(row)
  }

  async setTags(row: EndpointRow, tags: Tags): Promise<void> {
    await this.#db.transaction((tx) =>
      tx
        .updateTable('endpoints')
        .set({ tags: JSON.stringify(tags), last_updated_timestamp: this.#now() })
        .where('id', '=', row.id)
        .execute(),
    )
    this.announceChange(row)
  }

  async delete(row: EndpointRow): Promise<void> {
    await this.#db.transaction((tx) => tx.deleteFrom('endpoints').where('id', '=', row.id).execute())
    this.announceChange(row)
  }

  /** Announces a change of the row, or of the deployment in this process. */
  announceChange(row: EndpointRow): void {
    this.#announce({ type: 'endpoint', name: row.name }, endpointChain(row)[0])
  }
}
