import type { Db, Transaction } from '@cairn/platform/db/db'
import { newNotification } from '@cairn/platform/webhooks/outbox'
import type { ServingSchema } from '../schema.js'
import { bodyOf, type EndedDeployment, recipientsOf } from './messages.js'

const PAGE = 100
/** Adds notifications of ended deployments to the outbox. Safe with several servers on one database. */
export class NotificationStore {
  readonly #db: Db<ServingSchema>
  readonly #now: () => number

  constructor(db: Db<ServingSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /** Adds the notifications of deployments that have ended since, each once. */
  async addEnded(): Promise<void> {
    for (const deployment of await this.#ended())
      await this.#db.transaction((tx) => add(tx, deployment, this.#now()))
  }

  #ended(): Promise<EndedDeployment[]> {
    return this.#db.read
      .selectFrom('endpoint_deployments')
      .innerJoin('endpoints', 'endpoints.id', 'endpoint_deployments.endpoint_id')
      .selectAll('endpoint_deployments')
      .select(['endpoints.name', 'endpoints.email_notifications'])
      .where('notified', '=', 0)
      .where('outcome', '!=', 'IN_PROGRESS')
      .orderBy('end_timestamp')
      .limit(PAGE)
      .execute()
  }
}

async function add(tx: Transaction<ServingSchema>, deployment: EndedDeployment, time: number): Promise<void> {
  const { endpoint_id, number, outcome } = deployment
  const { numUpdatedRows } = await tx
    .updateTable('endpoint_deployments')
    .set({ notified: 1 })
    .where('endpoint_id', '=', endpoint_id)
    .where('number', '=', number)
    .where('outcome', '=', outcome)
    .where('notified', '=', 0) // another process was first
    .executeTakeFirstOrThrow()
  const urls = [...new Set(recipientsOf(deployment))]
  if (numUpdatedRows === 0n || urls.length === 0) return
  const body = bodyOf(deployment)
  const rows = urls.map((url, index) =>
    newNotification({ id: `${endpoint_id}.${number}.${outcome}.${index}`, url, body }, time),
  )
  await tx
    .insertInto('endpoint_notifications')
    .values(rows)
    .onConflict((on) => on.doNothing()) // the failure of a continued deployment is reported once
    .execute()
}
