import { noteAccessChange } from '@cairn/platform/auth/access-cache'
import type { AllowedObjects } from '@cairn/platform/auth/object-access'
import type { Principal } from '@cairn/platform/auth/principal'
import { enterSecurable, removeSecurable } from '@cairn/platform/auth/securables'
import { claimName } from '@cairn/platform/db/claim-name'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import type { Announce } from '@cairn/platform/events/announcer'
import { newId } from '@cairn/platform/mlflow/new-id'
import { noSuchEndpoint } from '../endpoint-securable.js'
import type { EndpointRow, ServingSchema } from '../schema.js'
import type { EndpointConfig } from './config.js'
import {
  type DeploymentEnd,
  endDeployment,
  insertDeployment,
  type ResolvedEntity,
} from './deployment-store.js'

export type Tags = readonly { key: string; value?: string | undefined }[]

/** JSON in the format of the API, and the id of the inference table; null clears it. */
export type EndpointSettings = Partial<
  Pick<EndpointRow, 'rate_limits' | 'ai_gateway' | 'inference_table' | 'email_notifications'>
>

export interface EndpointDetails {
  readonly tags: Tags
  readonly description: string
  readonly settings?: EndpointSettings
}

export interface Proposal {
  /** For the history. */
  readonly reason: string
  readonly by: Principal
  /** The resolved versions of the deployment that is rolled back to. */
  readonly resolved?: string | undefined
}

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
    { tags, description, settings = {} }: EndpointDetails,
  ): Promise<EndpointRow> {
    const time = this.#now()
    const pending = JSON.stringify(config)
    const row: EndpointRow = {
      id: newId(),
      name,
      creator: by.name,
      description,
      tags: JSON.stringify(tags),
      creation_timestamp: time,
      last_updated_timestamp: time,
      config: null,
      config_version: 0,
      pending,
      pending_since: time,
      update_state: 'IN_PROGRESS',
      update_message: '',
      rate_limits: null,
      ai_gateway: null,
      inference_table: null,
      email_notifications: null,
      ...settings,
      deployment: null,
      pending_deployment: 1,
    }
    await claimName(
      this.#db,
      (cause) =>
        new ApiError('RESOURCE_ALREADY_EXISTS', `Endpoint with name '${name}' already exists.`, { cause }),
      async (tx) => {
        await requireNoId(tx, name)
        await tx.insertInto('endpoints').values(row).execute()
        const entry = { type: 'serving_endpoint', id: row.id, name, owner: by.id, created_at: time } as const
        await enterSecurable(tx, entry)
        await insertDeployment(tx, row.id, { config: pending, reason: 'created', creator: by.name }, time)
      },
    )
    this.announceChange(row)
    return row
  }

  /** Ids take precedence over names, so that an endpoint named like another's id cannot replace it. */
  async find(nameOrId: string): Promise<EndpointRow | undefined> {
    const rows = await this.#db.read
      .selectFrom('endpoints')
      .selectAll()
      .where((eb) => eb.or([eb('name', '=', nameOrId), eb('id', '=', nameOrId)]))
      .execute()
    return rows.find(({ id }) => id === nameOrId) ?? rows[0]
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async get(nameOrId: string): Promise<EndpointRow> {
    const row = await this.find(nameOrId)
    if (!row) throw noSuchEndpoint(nameOrId)
    return row
  }

  /** @param allowed absent for all endpoints */
  list(allowed?: AllowedObjects): Promise<EndpointRow[]> {
    return this.#db.read
      .selectFrom('endpoints')
      .selectAll()
      .$if(allowed !== undefined, (query) => query.where(allowed!.has('endpoints.id')))
      .orderBy('name')
      .execute()
  }

  /** @throws RESOURCE_CONFLICT while another configuration is being loaded */
  async propose(
    id: string,
    config: EndpointConfig,
    { reason, by, resolved }: Proposal,
  ): Promise<EndpointRow> {
    const time = this.#now()
    const pending = JSON.stringify(config)
    const proposed = await this.#db.transaction(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('endpoints')
        .set({
          pending,
          pending_since: time,
          update_state: 'IN_PROGRESS',
          update_message: '',
          last_updated_timestamp: time,
        })
        .where('id', '=', id)
        .where('update_state', '!=', 'IN_PROGRESS')
        .executeTakeFirstOrThrow()
      if (numUpdatedRows === 0n) return false
      const deployment = { config: pending, reason, creator: by.name, resolved }
      const number = await insertDeployment(tx, id, deployment, time)
      await tx.updateTable('endpoints').set({ pending_deployment: number }).where('id', '=', id).execute()
      return true
    })
    const row = await this.get(id)
    if (!proposed)
      throw new ApiError(
        'RESOURCE_CONFLICT',
        `Endpoint '${row.name}' is being updated. Wait until state.config_update is NOT_UPDATING.`,
      )
    this.announceChange(row)
    return row
  }

  /**
   * Makes the proposed configuration active, unless this or another process has ended its deployment before. The caller
   * announces the change once the deployment is swapped in.
   */
  accept(row: EndpointRow, resolved: readonly ResolvedEntity[]): Promise<boolean> {
    const number = row.pending_deployment!
    const time = this.#now()
    return this.#db.transaction(async (tx) => {
      const accepted = await tx
        .updateTable('endpoints')
        .set((eb) => ({
          config: eb.ref('pending'),
          config_version: eb('config_version', '+', 1),
          pending: null,
          pending_since: null,
          pending_deployment: null,
          deployment: number,
          update_state: 'NOT_UPDATING',
          update_message: '',
          last_updated_timestamp: time,
        }))
        .where('id', '=', row.id)
        .where('pending_deployment', '=', number)
        .where('update_state', '=', 'IN_PROGRESS')
        .returning('config_version')
        .executeTakeFirst()
      if (!accepted) return false
      const end: DeploymentEnd = { outcome: 'SUCCEEDED', message: '', resolved }
      const { config_version } = accepted
      await endDeployment(tx, { endpoint_id: row.id, number }, end, { time, config_version })
      return true
    })
  }

  /** The active configuration is unchanged. */
  async reject(row: EndpointRow, end: Pick<DeploymentEnd, 'message' | 'exhausted'>): Promise<void> {
    const number = row.pending_deployment!
    const time = this.#now()
    await this.#db.transaction(async (tx) => {
      await tx
        .updateTable('endpoints')
        .set({ update_state: 'UPDATE_FAILED', update_message: end.message, last_updated_timestamp: time })
        .where('id', '=', row.id)
        .where('pending_deployment', '=', number)
        .where('update_state', '=', 'IN_PROGRESS')
        .execute()
      await endDeployment(tx, { endpoint_id: row.id, number }, { ...end, outcome: 'FAILED' }, { time })
    })
    this.announceChange(row)
  }

  /**
   * Ends the deployment of another version behind an alias. It becomes the active one if it succeeded and the endpoint has not
   * changed.
   *
   * @returns whether it is active now
   */
  endMove(row: EndpointRow, number: number, end: DeploymentEnd): Promise<boolean> {
    const key = { endpoint_id: row.id, number }
    const time = this.#now()
    return this.#db.transaction(async (tx) => {
      if (end.outcome !== 'SUCCEEDED') {
        await endDeployment(tx, key, end, { time })
        return false
      }
      const { numUpdatedRows } = await tx
        .updateTable('endpoints')
        .set({ deployment: number, last_updated_timestamp: time })
        .where('id', '=', row.id)
        .where('deployment', '=', row.deployment)
        .executeTakeFirstOrThrow()
      const isActive = numUpdatedRows > 0n
      const { config_version } = row
      const superseded: DeploymentEnd = {
        outcome: 'CANCELED',
        message: 'The endpoint was updated meanwhile.',
      }
      await endDeployment(tx, key, isActive ? end : superseded, { time, ...(isActive && { config_version }) })
      return isActive
    })
  }

  /**
   * Changes an endpoint with its row locked, so that no concurrent change is lost.
   *
   * @returns the changed row
   * @throws RESOURCE_DOES_NOT_EXIST
   */
  async update(
    { id, name }: EndpointRow,
    change: (row: EndpointRow) => EndpointSettings & Partial<Pick<EndpointRow, 'tags'>>,
  ): Promise<EndpointRow> {
    const changed = await this.#db.transaction(async (tx) => {
      const row = await tx
        .updateTable('endpoints')
        .set({ last_updated_timestamp: this.#now() })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst()
      if (!row) throw noSuchEndpoint(name)
      const values = change(row)
      await tx.updateTable('endpoints').set(values).where('id', '=', id).execute()
      return { ...row, ...values }
    })
    this.announceChange(changed)
    return changed
  }

  async delete(row: EndpointRow): Promise<void> {
    const entry = await this.#db.transaction(async (tx) => {
      await tx.deleteFrom('endpoints').where('id', '=', row.id).execute()
      const deleted = await tx
        .selectFrom('securables')
        .select('owner')
        .where('type', '=', 'serving_endpoint')
        .where('id', '=', row.id)
        .executeTakeFirst()
      await removeSecurable(tx, 'serving_endpoint', row.id)
      await tx.deleteFrom('endpoint_deployments').where('endpoint_id', '=', row.id).execute()
      await tx.deleteFrom('endpoint_feedback').where('endpoint_id', '=', row.id).execute()
      await tx.deleteFrom('drift_baselines').where('endpoint_id', '=', row.id).execute()
      return deleted
    })
    noteAccessChange(this.#db)
    this.announceChange(row, entry)
  }

  /**
   * Announces a change of the row, or of the deployment in this process.
   *
   * @param owner of a deleted endpoint, whose entry no longer shows who may see it
   */
  announceChange({ id, name }: EndpointRow, { owner } = { owner: '' }): void {
    this.#announce({ type: 'endpoint', name }, { type: 'serving_endpoint', id, name, owner })
  }
}

/** Endpoints are found by id or name: one named like the id of another could not be reached. @throws RESOURCE_ALREADY_EXISTS */
async function requireNoId(tx: Transaction<ServingSchema>, name: string): Promise<void> {
  const same = await tx.selectFrom('endpoints').select('id').where('id', '=', name).executeTakeFirst()
  if (same) throw new ApiError('RESOURCE_ALREADY_EXISTS', `'${name}' is the id of another endpoint.`)
}
