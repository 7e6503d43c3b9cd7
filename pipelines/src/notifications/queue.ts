import { randomUUID } from 'node:crypto'
import type { Transaction } from '@cairn/platform/db/db'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import { newNotification } from '@cairn/platform/webhooks/outbox'
import type { JobRunRow, PipelinesSchema } from '../schema.js'
import { bodyOf, type RunEvent } from './messages.js'
import type { StoredDestination } from './namers.js'

/** Adds the notifications of an event to the outbox, in the transaction of the event, so that none is lost or repeated. */
export async function queueNotifications(
  tx: Transaction<PipelinesSchema>,
  event: RunEvent,
  run: JobRunRow,
  now: number,
): Promise<void> {
  const { webhook_notifications = {} } = JSON.parse(run.settings) as JobSettings
  const named = (webhook_notifications[event] ?? []) as readonly StoredDestination[]
  if (named.length === 0) return
  const destinations = await tx
    .selectFrom('notification_destinations')
    .select(['id', 'destination_type'])
    .where(
      'id',
      'in',
      named.map(({ id }) => id),
    )
    .execute()
  if (destinations.length === 0) return
  const rows = destinations.map(({ id, destination_type }) => {
    const body = bodyOf(destination_type, event, run, now)
    const { named_by = run.writer_id } = named.find((one) => one.id === id)!
    return { ...newNotification({ id: randomUUID(), url: id, body }, now), named_by }
  })
  await tx.insertInto('job_notifications').values(rows).execute()
}

/** As in Databricks, skipped and canceled runs count as failed, unless the job disables their alerts. */
export async function queueEndNotifications(
  tx: Transaction<PipelinesSchema>,
  run: JobRunRow,
  now: number,
): Promise<void> {
  const event = endEventOf(run)
  if (event) await queueNotifications(tx, event, run, now)
}

function endEventOf({ settings, result }: JobRunRow): RunEvent | undefined {
  const { notification_settings = {} } = JSON.parse(settings) as JobSettings
  const { no_alert_for_skipped_runs, no_alert_for_canceled_runs } = notification_settings
  if (result === 'SUCCESS' || result === 'SUCCESS_WITH_FAILURES') return 'on_success'
  if (result === 'CANCELED' && no_alert_for_canceled_runs) return undefined
  if (result === 'MAXIMUM_CONCURRENT_RUNS_REACHED' && no_alert_for_skipped_runs) return undefined
  return 'on_failure'
}
