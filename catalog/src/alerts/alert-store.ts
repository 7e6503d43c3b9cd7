import type { AlertRow, AlertRuleRow, AlertSchema } from '@cairn/platform/alerts/schema'
import type { AllowedObjects } from '@cairn/platform/auth/object-access'
import type { Db } from '@cairn/platform/db/db'
import type { RetentionRule } from '@cairn/platform/db/retention'
import { type SqlBool, sql } from 'kysely'

/** Readers are shown a number up to this one. */
const MAX_UNREAD = 100

/** An alert with its rule and the name of the object. */
export type AlertWithRule = AlertRow &
  Pick<
    AlertRuleRow,
    | 'name'
    | 'kind'
    | 'metric_key'
    | 'comparison'
    | 'threshold'
    | 'minutes'
    | 'securable_type'
    | 'securable_id'
    | 'webhook_url'
    | 'created_by'
  > & { readonly object_name: string }

/** The objects whose alerts a caller may read; undefined for all of a type. */
interface Readable {
  readonly experiment: AllowedObjects | undefined
  readonly job: AllowedObjects | undefined
}

type AlertPosition = readonly [time: number, id: string]

/** Alerts, and until when somebody has read them. */
export class AlertStore {
  readonly #db: Db<AlertSchema>

  constructor(db: Db<AlertSchema>) {
    this.#db = db
  }

  /** Newest first. */
  list(readable: Readable, before: AlertPosition | undefined, limit: number): Promise<AlertWithRule[]> {
    return this.#visible(readable)
      .$if(before !== undefined, (query) =>
        query.where(sql<SqlBool>`(alerts.created_at, alerts.alert_id) < (${before![0]}, ${before![1]})`),
      )
      .orderBy('alerts.created_at', 'desc')
      .orderBy('alerts.alert_id', 'desc')
      .limit(limit)
      .execute()
  }

  /** At most 100. */
  async countUnread(readable: Readable, readUntil: number): Promise<number> {
    const rows = await this.#visible(readable)
      .clearSelect()
      .select('alerts.alert_id')
      .where('alerts.created_at', '>', readUntil)
      .limit(MAX_UNREAD)
      .execute()
    return rows.length
  }

  async readUntil(principalId: string): Promise<number> {
    const row = await this.#db.read
      .selectFrom('alert_readers')
      .select('read_until')
      .where('principal_id', '=', principalId)
      .executeTakeFirst()
    return row?.read_until ?? 0
  }

  /** An earlier time than before changes nothing. */
  async markRead(principal_id: string, read_until: number): Promise<void> {
    await this.#db.transaction((tx) =>
      tx
        .insertInto('alert_readers')
        .values({ principal_id, read_until })
        .onConflict((on) =>
          on
            .column('principal_id')
            .doUpdateSet({ read_until })
            .where('alert_readers.read_until', '<', read_until),
        )
        .execute(),
    )
  }

  /** Alerts whose webhooks have not been called, the oldest first. */
  toNotify(limit: number): Promise<AlertWithRule[]> {
    return this.#all()
      .where('notified', '=', sql.lit(0)) // not bound, for the index
      .orderBy('alerts.created_at')
      .limit(limit)
      .execute()
  }

  /** Puts the call of an alert into the outbox, once; without a body there is nothing to call. */
  async queue(
    { alert_id, webhook_url }: AlertWithRule,
    body: string | undefined,
    now: number,
  ): Promise<void> {
    await this.#db.transaction(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('alerts')
        .set({ notified: 1 })
        .where('alert_id', '=', alert_id)
        .where('notified', '=', 0) // another process was first
        .executeTakeFirstOrThrow()
      if (numUpdatedRows === 0n || body === undefined || webhook_url === null) return
      await tx
        .insertInto('alert_notifications')
        .values({
          id: alert_id,
          url: webhook_url,
          body,
          attempts: 0,
          created_at: now,
          due_at: now,
          holder: null,
        })
        .onConflict((on) => on.doNothing())
        .execute()
    })
  }

  retention(days: number): RetentionRule {
    return { name: 'alerts', days, purge: (before, limit) => this.#purge(before, limit) }
  }

  async #purge(before: number, limit: number): Promise<number> {
    const { numDeletedRows } = await this.#db.transaction((tx) =>
      tx
        .deleteFrom('alerts')
        .where('alert_id', 'in', (eb) =>
          eb.selectFrom('alerts').select('alert_id').where('created_at', '<', before).limit(limit),
        )
        .executeTakeFirstOrThrow(),
    )
    return Number(numDeletedRows)
  }

  #visible({ experiment, job }: Readable) {
    const of = (type: string, allowed: AllowedObjects | undefined) =>
      allowed
        ? sql<SqlBool>`(securable_type = ${type} and ${allowed.hasId('securable_id')})`
        : sql<SqlBool>`securable_type = ${type}`
    return this.#all().where((eb) => eb.or([of('experiment', experiment), of('job', job)]))
  }

  #all() {
    return this.#db.read
      .selectFrom('alerts')
      .innerJoin('alert_rules as rule', 'rule.rule_id', 'alerts.rule_id')
      .innerJoin('securables as object', (join) =>
        join.onRef('object.type', '=', 'rule.securable_type').onRef('object.id', '=', 'rule.securable_id'),
      )
      .selectAll('alerts')
      .select(['rule.name', 'rule.kind', 'metric_key', 'comparison', 'threshold', 'minutes'])
      .select(['securable_type', 'securable_id', 'webhook_url', 'created_by', 'object.name as object_name'])
  }
}
