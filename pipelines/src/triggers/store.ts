import type { Db, Transaction } from '@cairn/platform/db/db'
import type { JobSettings } from '@cairn/platform/protocol/jobs'
import type { JobTriggerRow, PipelinesSchema } from '../schema.js'
import { nextTime, type Trigger, triggerOf } from './trigger.js'

type Tx = Transaction<PipelinesSchema>

/** A trigger planned so far in the future was planned before the clock was set back. Tolerates clocks that differ. */
const CLOCK_TOLERANCE_MS = 60_000
const BATCH = 100

/**
 * Plans the trigger of a job in the transaction that writes its settings. An unchanged trigger keeps its next time.
 *
 * @param settings undefined for a deleted job
 */
export async function planTrigger(
  tx: Tx,
  job_id: number,
  settings: JobSettings | undefined,
  now: number,
): Promise<void> {
  const trigger = settings && triggerOf(settings)
  const next_at = trigger && nextTime(trigger, now)
  if (next_at === undefined) {
    await tx.deleteFrom('job_triggers').where('job_id', '=', job_id).execute()
    return
  }
  const planned = { trigger_spec: JSON.stringify(trigger), next_at, planned_at: now, state: null }
  await tx
    .insertInto('job_triggers')
    .values({ job_id, ...planned })
    .onConflict((on) =>
      on.column('job_id').doUpdateSet(planned).where('job_triggers.trigger_spec', '!=', planned.trigger_spec),
    )
    .execute()
}

/** The triggers of jobs. Updates are conditional, so that several servers act once on a due one. */
export class TriggerStore {
  readonly #db: Db<PipelinesSchema>
  readonly #now: () => number

  constructor(db: Db<PipelinesSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /** Due triggers, and those whose time was computed before the clock was set back. */
  listDue(): Promise<JobTriggerRow[]> {
    const now = this.#now()
    return this.#db.read
      .selectFrom('job_triggers')
      .selectAll()
      .where((eb) => eb.or([eb('next_at', '<=', now), eb('planned_at', '>', now + CLOCK_TOLERANCE_MS)]))
      .orderBy('next_at')
      .limit(BATCH)
      .execute()
  }

  async find(jobId: number): Promise<JobTriggerRow | undefined> {
    return this.#db.read.selectFrom('job_triggers').selectAll().where('job_id', '=', jobId).executeTakeFirst()
  }

  /** Plans the next time of a trigger without starting a run. @returns false if another server was first */
  plan(row: JobTriggerRow, state: string | null = row.state): Promise<boolean> {
    return this.#db.transaction((tx) => advanceTrigger(tx, row, this.#now(), state))
  }
}

/**
 * Moves a trigger on to its next time, in the transaction that starts its run. Missed times are skipped: after a pause of the
 * server one run starts.
 *
 * @returns false if another server was first, or the trigger was changed
 */
export async function advanceTrigger(
  tx: Tx,
  row: JobTriggerRow,
  now: number,
  state: string | null = row.state,
): Promise<boolean> {
  const { job_id, trigger_spec, planned_at } = row
  const wasSetBack = planned_at > now + CLOCK_TOLERANCE_MS
  const next_at = nextTime(JSON.parse(trigger_spec) as Trigger, now, wasSetBack ? undefined : row.next_at)
  const same = { next_at: row.next_at, planned_at }
  if (next_at === undefined) {
    const [deleted] = await tx
      .deleteFrom('job_triggers')
      .where('job_id', '=', job_id)
      .where('trigger_spec', '=', trigger_spec)
      .where('next_at', '=', same.next_at)
      .returning('job_id')
      .execute()
    return deleted !== undefined
  }
  const [moved] = await tx
    .updateTable('job_triggers')
    .set({ next_at, planned_at: now, state })
    .where('job_id', '=', job_id)
    .where('trigger_spec', '=', trigger_spec)
    .where('next_at', '=', same.next_at)
    .where('planned_at', '=', same.planned_at)
    .returning('job_id')
    .execute()
  return moved !== undefined
}

/** Whether `next_at` has come, rather than the clock having been set back. */
export const isDue = ({ next_at }: Pick<JobTriggerRow, 'next_at'>, now: number) => next_at <= now
