import type { Db, Transaction } from '@cairn/platform/db/db'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { JobTriggerRow, PipelinesSchema } from '../schema.js'
import { type PastRun, RECENT_RUNS } from './continuous.js'
import { CLOCK_TOLERANCE_MS, nextTime, type Trigger, triggerOf } from './trigger.js'

type Tx = Transaction<PipelinesSchema>

const BATCH = 100
/** A later release may be able to plan a parked trigger. */
const PARKED_MS = 3_600_000
/** The prefixes that `planTrigger` writes. Parsing JSON in SQL would fail for all triggers if one is malformed. */
const ON_DATA = ['{"kind":"table_update",%', '{"kind":"file_arrival",%']

/** Engines limit the parameters of a statement. */
const MAX_EXCEPT = 10_000

export type TriggerGroup = 'times' | 'data'

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

/** The triggers of jobs. Updates are conditional, so that one of several servers handles a due trigger. */
export class TriggerStore {
  readonly #db: Db<PipelinesSchema>
  readonly #now: () => number

  constructor(db: Db<PipelinesSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /**
   * Due triggers, and those whose time was computed before the clock was set back.
   *
   * @param except ids of jobs
   */
  listDue(group: TriggerGroup, except: readonly number[] = []): Promise<JobTriggerRow[]> {
    const now = this.#now()
    return this.#db.read
      .selectFrom('job_triggers')
      .selectAll()
      .where((eb) => {
        const onData = eb.or(ON_DATA.map((pattern) => eb('trigger_spec', 'like', pattern)))
        return group === 'data' ? onData : eb.not(onData)
      })
      .$if(except.length > 0, (query) => query.where('job_id', 'not in', except.slice(0, MAX_EXCEPT)))
      .where((eb) => eb.or([eb('next_at', '<=', now), eb('planned_at', '>', now + CLOCK_TOLERANCE_MS)]))
      .orderBy('next_at')
      .limit(BATCH)
      .execute()
  }

  async find(jobId: number): Promise<JobTriggerRow | undefined> {
    return this.#db.read.selectFrom('job_triggers').selectAll().where('job_id', '=', jobId).executeTakeFirst()
  }

  /** The last runs of a job that were not skipped, newest first. */
  async recentRuns(jobId: number): Promise<PastRun[]> {
    const rows = await this.#db.read
      .selectFrom('job_runs')
      .select(['result', 'ended_at'])
      .where('job_id', '=', jobId)
      .where('state', '!=', 'SKIPPED')
      .orderBy('number_in_job', 'desc')
      .limit(RECENT_RUNS)
      .execute()
    return rows.map(({ result, ended_at }) => ({ result, endedAt: ended_at }))
  }

  /** Plans the next time of a trigger without starting a run. @returns false if another server was first */
  plan(row: JobTriggerRow, state: string | null = row.state): Promise<boolean> {
    return this.#db.transaction((tx) => advanceTrigger(tx, row, this.#now(), state))
  }

  /** Postpones a trigger that cannot be planned. */
  async park(row: JobTriggerRow): Promise<void> {
    const now = this.#now()
    await this.#db.transaction((tx) => moveTrigger(tx, row, { next_at: now + PARKED_MS, planned_at: now }))
  }
}

/**
 * Advances a trigger to its next time, in the transaction that starts its run. Missed times are skipped: after a downtime of
 * the server one run starts.
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
  if (next_at === undefined) {
    const [deleted] = await tx
      .deleteFrom('job_triggers')
      .where('job_id', '=', job_id)
      .where('trigger_spec', '=', trigger_spec)
      .where('next_at', '=', row.next_at)
      .returning('job_id')
      .execute()
    return deleted !== undefined
  }
  return moveTrigger(tx, row, { next_at, planned_at: now, state })
}

/** @returns false if another server was first, or the trigger was changed */
async function moveTrigger(
  tx: Tx,
  { job_id, trigger_spec, next_at, planned_at }: JobTriggerRow,
  to: Pick<JobTriggerRow, 'next_at' | 'planned_at'> & Partial<JobTriggerRow>,
): Promise<boolean> {
  const [moved] = await tx
    .updateTable('job_triggers')
    .set(to)
    .where('job_id', '=', job_id)
    .where('trigger_spec', '=', trigger_spec)
    .where('next_at', '=', next_at)
    .where('planned_at', '=', planned_at)
    .returning('job_id')
    .execute()
  return moved !== undefined
}

/** Returns whether `next_at` has passed; false for a trigger that is listed because the clock was set back. */
export const isDue = ({ next_at }: Pick<JobTriggerRow, 'next_at'>, now: number) => next_at <= now
