import { type AlertedRun, raiseAlerts } from '@cairn/platform/alerts/raise-alerts'
import { type Caller, LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { lastByKey } from '@cairn/platform/collections/last-by-key'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { pipelined } from '@cairn/platform/db/pipelined'
import { invalid } from '@cairn/platform/errors'
import type { Announce } from '@cairn/platform/events/announcer'
import { newId } from '@cairn/platform/mlflow/new-id'
import type { EndRunsOfTokens } from '@cairn/platform/protocol/cairn/unfinished-runs'
import type { CreateRun, Run, RunInfo, UpdateRun } from '@cairn/platform/protocol/mlflow/runs'
import type { Input } from '@cairn/platform/protocol/operation'
import type { Clock } from '../clock.js'
import { RUN_NAME, toCreationTag, toTag } from '../entries/entry.js'
import { getActiveExperiment } from '../experiments/find.js'
import { appendPath } from '../experiments/location.js'
import { randomName } from '../random-name.js'
import { putWords } from '../run-names/words.js'
import type { LifecycleStage, RunRow, TrackingSchema } from '../schema.js'
import { getActiveRun, noSuchRun, runKey } from './find.js'
import type { RunEntries } from './logging/run-entries.js'
import { findRun, toRunInfo } from './read-runs.js'

export class RunStore {
  readonly #db: Db<TrackingSchema>
  readonly #clock: Clock
  readonly #entries: RunEntries
  readonly #announce: Announce

  constructor(db: Db<TrackingSchema>, clock: Clock, entries: RunEntries, announce: Announce) {
    this.#db = db
    this.#clock = clock
    this.#entries = entries
    this.#announce = announce
  }

  /**
   * @param by the user of the run, except for the local owner, whose clients send the name of the user of the machine
   * @throws RESOURCE_DOES_NOT_EXIST for the experiment; INVALID_PARAMETER_VALUE when it is deleted
   */
  async create(input: Input<typeof CreateRun>, by: Caller): Promise<Run> {
    const { experiment_id: id = '0', start_time = this.#clock.now() } = input
    const user_id = by.id === LOCAL_OWNER.id ? (input.user_id ?? '') : by.name
    const inputTags = (input.tags ?? []).map((tag, i) => toCreationTag(tag, `tags[${i}].`))
    const run_name = nameOf(input.run_name, inputTags.find(({ key }) => key === RUN_NAME)?.value)
    const tags = inputTags.some(({ key, value }) => key === RUN_NAME && value)
      ? inputTags
      : [...inputTags.filter(({ key }) => key !== RUN_NAME), { key: RUN_NAME, value: run_name }]
    const run_id = newId()
    const row = await this.#db.transaction(async (tx) => {
      const { experiment_id, artifact_location } = await getActiveExperiment(tx, id || '0')
      const run: RunRow = {
        run_id,
        experiment_id,
        run_name,
        user_id,
        status: 'RUNNING',
        start_time,
        end_time: null,
        artifact_uri: appendPath(artifact_location, run_id, 'artifacts'),
        lifecycle_stage: 'active',
        deleted_time: null,
        creator_token: by.token ?? null,
      }
      await pipelined(
        tx.insertInto('runs').values(run).execute(),
        this.#entries.putTagRows(tx, run, tags),
        putWords(tx, this.#db, run, { name: run_name, isNew: true }),
      )
      return run
    })
    this.#changed(row)
    return { info: toRunInfo(row), data: { tags: lastByKey(tags) }, inputs: {} }
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async get(runId: string): Promise<Run> {
    const run = await findRun(this.#db, runId)
    if (!run) throw noSuchRun(runId)
    return run
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async getRow(runId: string): Promise<RunRow> {
    const row = await this.#db.read
      .selectFrom('runs')
      .selectAll()
      .where('run_id', '=', runId)
      .executeTakeFirst()
    if (!row) throw noSuchRun(runId)
    return row
  }

  /** @throws RESOURCE_DOES_NOT_EXIST; INVALID_PARAMETER_VALUE when it is deleted */
  async update(
    { run_id, run_name, status, end_time }: Input<typeof UpdateRun>,
    by: Caller,
  ): Promise<RunInfo> {
    const tag = run_name ? toTag({ key: RUN_NAME, value: run_name }) : undefined
    const change = { ...(status && { status }), ...(end_time !== undefined && { end_time }) }
    const { updated, alerts } = await this.#db.transaction(async (tx) => {
      const [run] = await pipelined(
        getActiveRun(tx, run_id),
        tag && this.#entries.putTags(tx, runKey(run_id), [tag]),
        Object.keys(change).length > 0 &&
          tx.updateTable('runs').set(change).where('run_id', '=', run_id).execute(),
        status === 'RUNNING' && disown(tx, run_id, by),
      )
      const updated = { ...run, ...change, ...(tag && { run_name: tag.value }) }
      const alerts =
        status === 'FAILED' && (await raiseAlerts(tx, 'run_failed', alertedRun(updated), this.#clock.now()))
      return { updated, alerts }
    })
    this.#changed(updated)
    if (alerts) this.#announce({ type: 'alert', experiment_id: String(updated.experiment_id) })
    return toRunInfo(updated)
  }

  /** Deletes or restores a run. May be repeated. @throws RESOURCE_DOES_NOT_EXIST */
  async setStage(runId: string, stage: LifecycleStage): Promise<void> {
    const changed = await this.#db.transaction((tx) =>
      tx
        .updateTable('runs')
        .set({ lifecycle_stage: stage, deleted_time: stage === 'deleted' ? this.#clock.now() : null })
        .where('run_id', '=', runId)
        .returning(['run_id', 'experiment_id'])
        .executeTakeFirst(),
    )
    if (!changed) throw noSuchRun(runId)
    this.#changed(changed)
  }

  /** Ends the runs that tokens created and that no other caller continued. @returns their ids */
  async endOfTokens({ token_ids, status, end_time }: Input<typeof EndRunsOfTokens>): Promise<string[]> {
    const { ended, alerted } = await this.#db.transaction(async (tx) => {
      const ended = await tx
        .updateTable('runs')
        .set({ status, end_time })
        .where('creator_token', 'in', token_ids)
        .where('status', 'in', ['RUNNING', 'SCHEDULED'])
        .returningAll()
        .execute()
      const alerted = new Set<number>()
      if (status === 'FAILED')
        for (const row of ended.filter(({ lifecycle_stage }) => lifecycle_stage === 'active'))
          if (await raiseAlerts(tx, 'run_failed', alertedRun(row), this.#clock.now()))
            alerted.add(row.experiment_id)
      return { ended, alerted }
    })
    for (const row of ended) this.#changed(row)
    for (const id of alerted) this.#announce({ type: 'alert', experiment_id: String(id) })
    return ended.map(({ run_id }) => run_id)
  }

  #changed({ run_id, experiment_id }: Pick<RunRow, 'run_id' | 'experiment_id'>) {
    this.#announce({ type: 'run', experiment_id: String(experiment_id), run_id })
  }
}

/**
 * Separates a run from the token that created it when another caller continues it, so that it does not end with that token. If
 * a task continues it, it ends with that task.
 */
const disown = (tx: Transaction<TrackingSchema>, run_id: string, by: Caller) =>
  tx
    .updateTable('runs')
    .set(({ selectFrom }) => ({
      creator_token: selectFrom('tokens as own')
        .innerJoin('tokens as ended', (join) => join.onRef('ended.id', '=', 'runs.creator_token'))
        .select('own.id')
        .where('own.id', '=', by.token ?? '')
        .where('own.purpose', '=', 'attempt')
        .where('ended.purpose', '=', 'attempt')
        .where('ended.revoked_at', 'is not', null),
    }))
    .where('run_id', '=', run_id)
    .where('creator_token', '!=', by.token ?? '')
    .execute()

const alertedRun = ({ run_id, run_name, experiment_id }: RunRow): AlertedRun => ({
  type: 'experiment',
  objectId: String(experiment_id),
  runId: run_id,
  runName: run_name,
})

function nameOf(name: string | undefined, tag: string | undefined): string {
  if (name && tag && name !== tag)
    throw invalid(
      `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${name}', mlflow.runName='${tag}').`,
    )
  return name || tag || randomName()
}
