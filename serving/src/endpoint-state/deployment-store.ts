import type { Db, Transaction } from '@cairn/platform/db/db'
import { pageOf } from '@cairn/platform/db/page'
import { missing } from '@cairn/platform/errors'
import { hasExited } from '@cairn/platform/processes/process-id'
import type { Promotion } from '@cairn/platform/protocol/cairn/promotions'
import { sql } from 'kysely'
import type { DeploymentRow, EndpointRow, ServingSchema } from '../schema.js'

/** The version and the files that a served entity resolved to. */
export interface ResolvedEntity {
  /** The name of the served entity. */
  readonly name: string
  readonly version: string
  /** SHA-256 of the model's files. */
  readonly digest: string
}

/** The entities that a deployment resolved to; none if an earlier release did not record them. */
export const resolvedEntities = ({ resolved }: Pick<DeploymentRow, 'resolved'>): readonly ResolvedEntity[] =>
  JSON.parse(resolved ?? '[]')

export interface NewDeployment {
  readonly config: string
  readonly reason: string
  readonly creator: string
  /** JSON list of `ResolvedEntity`, if the versions and files are known before they are loaded. */
  readonly resolved?: string | undefined
}

/** How a deployment ended. */
export interface DeploymentEnd {
  readonly outcome: Exclude<DeploymentRow['outcome'], 'IN_PROGRESS'>
  readonly message: string
  readonly resolved?: readonly ResolvedEntity[]
  /** It crashed processes: its count of attempts is kept, so that it is not retried. */
  readonly exhausted?: boolean
}

export const LEASE_MS = 60_000
/** A deployment that crashed this many processes is rejected. */
export const MAX_ATTEMPTS = 3

export type Claim = 'claimed' | 'taken' | 'exhausted'

type Tx = Transaction<ServingSchema>
export type DeploymentKey = Pick<DeploymentRow, 'endpoint_id' | 'number'>

/**
 * The history of deployments. A lease keeps other processes from loading a deployment at the same time. Crashes while loading are
 * counted, so that a model that crashes processes is given up.
 */
export class DeploymentStore {
  readonly #db: Db<ServingSchema>
  readonly #now: () => number

  constructor(db: Db<ServingSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  find({ endpoint_id, number }: DeploymentKey): Promise<DeploymentRow | undefined> {
    return this.#db.read
      .selectFrom('endpoint_deployments')
      .selectAll()
      .where('endpoint_id', '=', endpoint_id)
      .where('number', '=', number)
      .executeTakeFirst()
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async get({ id, name }: EndpointRow, number: number): Promise<DeploymentRow> {
    const row = await this.find({ endpoint_id: id, number })
    if (!row) throw missing(`Endpoint '${name}' has no deployment ${number}.`)
    return row
  }

  /** Newest first, at most `limit`, before the deployment with the number `before`. */
  async list(endpointId: string, limit: number, before?: number) {
    let query = this.#db.read
      .selectFrom('endpoint_deployments')
      .selectAll()
      .where('endpoint_id', '=', endpointId)
    if (before !== undefined) query = query.where('number', '<', before)
    const rows = await query
      .orderBy('number', 'desc')
      .limit(limit + 1)
      .execute()
    return pageOf(rows, limit)
  }

  /** The newest successful deployment before `number`. */
  findSuccessful(endpointId: string, number: number): Promise<DeploymentRow | undefined> {
    return this.#db.read
      .selectFrom('endpoint_deployments')
      .selectAll()
      .where('endpoint_id', '=', endpointId)
      .where('number', '<', number)
      .where('outcome', '=', 'SUCCEEDED')
      .where('resolved', 'is not', null)
      .orderBy('number', 'desc')
      .limit(1)
      .executeTakeFirst()
  }

  /**
   * Begins the deployment of another version behind an alias. One that failed for the same reason is continued, so that
   * retries do not fill the history.
   *
   * @returns undefined if the endpoint has changed, or the version crashes processes
   */
  begin(row: EndpointRow, deployment: NewDeployment): Promise<number | undefined> {
    return this.#db.transaction(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('endpoints')
        .set((eb) => ({ name: eb.ref('name') })) // locks the row, and so the numbers of its deployments
        .where('id', '=', row.id)
        .where('deployment', '=', row.deployment)
        .where('update_state', '!=', 'IN_PROGRESS')
        .executeTakeFirstOrThrow()
      if (numUpdatedRows === 0n) return undefined
      const last = await lastOf(tx, row.id)
      const isSame = last?.outcome !== 'SUCCEEDED' && last?.reason === deployment.reason
      if (last && isSame && last.config === deployment.config) {
        if (last.outcome === 'FAILED' && last.attempts >= MAX_ATTEMPTS) return undefined
        await reopen(tx, last)
        return last.number
      }
      return insertDeployment(tx, row.id, deployment, this.#now())
    })
  }

  /** Takes the lease of a deployment that is in progress, and counts the attempt. */
  async claim(key: DeploymentKey, holder: string): Promise<Claim> {
    const row = await this.find(key)
    if (row?.outcome !== 'IN_PROGRESS' || this.#isHeld(row)) return 'taken'
    if (row.attempts >= MAX_ATTEMPTS) return 'exhausted'
    const { numUpdatedRows } = await this.#update(key, (query) =>
      query
        .set((eb) => ({
          holder,
          lease_until: this.#now() + LEASE_MS,
          attempts: eb('attempts', '+', 1),
        }))
        .where('outcome', '=', 'IN_PROGRESS')
        .where('attempts', '=', row.attempts) // another process claimed it first
        .where('holder', row.holder === null ? 'is' : '=', row.holder),
    )
    return numUpdatedRows > 0n ? 'claimed' : 'taken'
  }

  async renew(key: DeploymentKey, holder: string): Promise<void> {
    await this.#update(key, (query) =>
      query.set({ lease_until: this.#now() + LEASE_MS }).where('holder', '=', holder),
    )
  }

  /** Ends the lease of an attempt without a result, which does not count. */
  async release(key: DeploymentKey, holder: string): Promise<void> {
    await this.#update(key, (query) =>
      query.set({ holder: null, lease_until: null, attempts: 0 }).where('holder', '=', holder),
    )
  }

  /** Appends a line to the build log. */
  async log(key: DeploymentKey, line: string): Promise<void> {
    await this.#update(key, (query) => query.set({ log: sql`log || ${`${line}\n`}` }))
  }

  /** Records the versions of a deployment of an older release. */
  async setResolved(key: DeploymentKey, resolved: readonly ResolvedEntity[]): Promise<void> {
    await this.#update(key, (query) =>
      query.set({ resolved: JSON.stringify(resolved) }).where('resolved', 'is', null),
    )
  }

  async setPromotions(key: DeploymentKey, promotions: readonly Promotion[]): Promise<void> {
    const creator = promotions.at(0)?.decided_by
    await this.#update(key, (query) =>
      query.set((eb) => ({
        promotions: JSON.stringify(promotions),
        ...(creator && {
          creator: eb.case().when('creator', '=', '').then(creator).else(eb.ref('creator')).end(),
        }),
      })),
    )
  }

  /** The newest deployment with a served entity of this name. */
  async findWithEntity(endpointId: string, entity: string): Promise<DeploymentRow | undefined> {
    const { page } = await this.list(endpointId, 100)
    return page.find(({ config }) => config.includes(`"name":${JSON.stringify(entity)},`))
  }

  #isHeld({ holder, lease_until }: DeploymentRow): boolean {
    return holder !== null && !hasExited(holder) && (lease_until ?? 0) > this.#now()
  }

  #update(
    { endpoint_id, number }: DeploymentKey,
    change: (query: ReturnType<typeof updateQuery>) => ReturnType<typeof updateQuery>,
  ) {
    return this.#db.transaction((tx) =>
      change(updateQuery(tx))
        .where('endpoint_id', '=', endpoint_id)
        .where('number', '=', number)
        .executeTakeFirstOrThrow(),
    )
  }
}

const updateQuery = (tx: Tx) => tx.updateTable('endpoint_deployments')

const lastOf = (tx: Tx, endpointId: string) =>
  tx
    .selectFrom('endpoint_deployments')
    .selectAll()
    .where('endpoint_id', '=', endpointId)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()

/** Stays notified, so that failures of retries are not reported again. */
const reopen = (tx: Tx, { endpoint_id, number, outcome }: DeploymentRow) =>
  updateQuery(tx)
    .set({
      outcome: 'IN_PROGRESS',
      message: '',
      end_timestamp: null,
      ...(outcome === 'FAILED' && { log: '' }),
    })
    .where('endpoint_id', '=', endpoint_id)
    .where('number', '=', number)
    .execute()

/** Call with the row of the endpoint locked. @returns its number */
export async function insertDeployment(
  tx: Tx,
  endpoint_id: string,
  { config, reason, creator, resolved }: NewDeployment,
  time: number,
): Promise<number> {
  const number = ((await lastOf(tx, endpoint_id))?.number ?? 0) + 1
  await tx
    .insertInto('endpoint_deployments')
    .values({
      endpoint_id,
      number,
      config,
      config_version: null,
      resolved: resolved ?? null,
      promotions: '[]',
      reason,
      creator,
      creation_timestamp: time,
      end_timestamp: null,
      outcome: 'IN_PROGRESS',
      message: '',
      log: '',
      attempts: 0,
      holder: null,
      lease_until: null,
      notified: 0,
    })
    .execute()
  return number
}

/** Records the end of a deployment in the transaction that changes the endpoint, unless it has ended before. */
export async function endDeployment(
  tx: Tx,
  { endpoint_id, number }: DeploymentKey,
  { outcome, message, resolved, exhausted = false }: DeploymentEnd,
  { time, config_version }: { time: number; config_version?: number },
): Promise<void> {
  await updateQuery(tx)
    .set({
      outcome,
      message,
      end_timestamp: time,
      holder: null,
      lease_until: null,
      ...(!exhausted && { attempts: 0 }),
      ...(outcome === 'SUCCEEDED' && { notified: 0 as const }),
      ...(resolved && { resolved: JSON.stringify(resolved) }),
      ...(config_version !== undefined && { config_version }),
    })
    .where('endpoint_id', '=', endpoint_id)
    .where('number', '=', number)
    .where('outcome', '=', 'IN_PROGRESS')
    .execute()
}
