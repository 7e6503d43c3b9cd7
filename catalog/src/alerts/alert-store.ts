import type { AlertRow, AlertRuleRow, AlertSchema } from '@cairn/platform/alerts/schema'
import type { AllowedObjects } from '@cairn/platform/auth/object-access'
import type { Db } from '@cairn/platform/db/db'
import { pageOf } from '@cairn/platform/db/page'
import type { RetentionRule } from '@cairn/platform/db/retention'
import { type NotificationRow, newNotification } from '@cairn/platform/webhooks/outbox'
import { type SelectQueryBuilder, type SqlBool, sql } from 'kysely'

/** More unread alerts are not counted. */
const MAX_UNREAD = 100
/** Bounds the alerts that a request checks when its caller may read few of them. */
const MAX_CHECKED = 5_000

/** An alert with the object and the webhook of its rule. */
export type AlertWithRule = AlertRow &
  Pick<AlertRuleRow, 'securable_type' | 'securable_id' | 'webhook_url' | 'created_by'> & {
    readonly object_name: string
  }

/** The objects whose alerts a caller may read; undefined for all of a type. */
interface Readable {
  readonly experiment: AllowedObjects | undefined
  readonly job: AllowedObjects | undefined
}

type AlertPosition = readonly [time: number, id: string]

interface AlertPage {
  readonly alerts: readonly AlertWithRule[]
  /** The position after the checked alerts; undefined after the last one. */
  readonly next: AlertPosition | undefined
}

/** Stores alerts, and the time until which each principal has read them. */
export class AlertStore {
  readonly #db: Db<AlertSchema>

  constructor(db: Db<AlertSchema>) {
    this.#db = db
  }

  /** Lists alerts, the newest first. A short or empty page need not be the last one. */
  async list(
    readable: Readable,
    before: AlertPosition | undefined,
    limit: number,
    checked = MAX_CHECKED,
  ): Promise<AlertPage> {
    const newest = this.#newest(before)
    const found = await this.#visible(readable, newest.selectAll().limit(checked))
      .orderBy('alerts.created_at', 'desc')
      .orderBy('alerts.alert_id', 'desc')
      .limit(limit + 1)
      .execute()
    const { page, last } = pageOf(found, limit)
    const end =
      last ??
      (await newest
        .select(['created_at', 'alert_id'])
        .limit(1)
        .offset(checked - 1)
        .executeTakeFirst())
    return { alerts: page, next: end && [end.created_at, end.alert_id] }
  }

  /** Counts up to 100, among the newest alerts only. */
  async countUnread(readable: Readable, readUntil: number, checked = MAX_CHECKED): Promise<number> {
    const newest = this.#newest().where('created_at', '>', readUntil)
    const rows = await this.#visible(readable, newest.selectAll().limit(checked))
      .clearSelect()
      .select('alerts.alert_id')
      .limit(MAX_UNREAD)
      .execute()
    return rows.length
  }

  #newest(before?: AlertPosition) {
    return this.#db.read
      .selectFrom('alerts')
      .$if(before !== undefined, (query) =>
        query.where(sql<SqlBool>`(created_at, alert_id) < (${before![0]}, ${before![1]})`),
      )
      .orderBy('created_at', 'desc')
      .orderBy('alert_id', 'desc')
  }

  async readUntil(principalId: string): Promise<number> {
    const row = await this.#db.read
      .selectFrom('alert_readers')
      .select('read_until')
      .where('principal_id', '=', principalId)
      .executeTakeFirst()
    return row?.read_until ?? 0
  }

  /** Marks alerts as read until a time. An earlier time than before changes nothing. */
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

  /** Puts the webhook call of an alert into the outbox, once. Without a call, only marks the alert as notified. */
  async queue(
    alert_id: string,
    call: Pick<NotificationRow, 'url' | 'body'> | undefined,
    now: number,
  ): Promise<void> {
    await this.#db.transaction(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('alerts')
        .set({ notified: 1 })
        .where('alert_id', '=', alert_id)
        .where('notified', '=', 0) // another process was first
        .executeTakeFirstOrThrow()
      if (numUpdatedRows === 0n || !call) return
      await tx
        .insertInto('alert_notifications')
        .values(newNotification({ id: alert_id, ...call }, now))
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

  #visible({ experiment, job }: Readable, among: SelectQueryBuilder<AlertSchema, 'alerts', AlertRow>) {
    const of = (type: string, allowed: AllowedObjects | undefined) =>
      allowed
        ? sql<SqlBool>`(securable_type = ${type} and ${allowed.hasId('securable_id')})`
        : sql<SqlBool>`securable_type = ${type}`
    return this.#all(among).where((eb) => eb.or([of('experiment', experiment), of('job', job)]))
  }

  #all(among = this.#db.read.selectFrom('alerts').selectAll()) {
    return this.#db.read
      .selectFrom(among.as('alerts'))
      .innerJoin('alert_rules as rule', 'rule.rule_id', 'alerts.rule_id')
      .innerJoin('securables as object', (join) =>
        join.onRef('object.type', '=', 'rule.securable_type').onRef('object.id', '=', 'rule.securable_id'),
      )
      .selectAll('alerts')
      .select(['securable_type', 'securable_id', 'webhook_url', 'created_by', 'object.name as object_name'])
  }
}
