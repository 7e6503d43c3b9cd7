import type { Db, Transaction } from '@cairn/platform/db/db'
import { pipelined } from '@cairn/platform/db/pipelined'
import { invalid, missing } from '@cairn/platform/errors'
import type { Announce } from '@cairn/platform/events/announcer'
import type { LoggedMetric } from '@cairn/platform/protocol/mlflow/metrics'
import type { DatasetInput, ModelInput } from '@cairn/platform/protocol/mlflow/runs'
import type { Clock } from '../../clock.js'
import { describeChanges, type Entry, type EntryInput, toParam, toTag } from '../../entries/entry.js'
import { insertModelMetrics } from '../../logged-models/metrics.js'
import { toLoggedPoint } from '../../metrics/logged-points.js'
import type { RunRow, TrackingSchema } from '../../schema.js'
import { getActiveRun, type RunKey, runKey } from '../find.js'
import { insertDatasets, insertModelInputs, insertModelOutputs } from '../inputs.js'
import {
  type BatchInput,
  type PreparedBatch,
  type PreparedRunMetrics,
  prepareBatch,
  prepareRunMetrics,
} from './prepared-batch.js'
import type { RunEntries } from './run-entries.js'
import { type MetricsWrite, prepareMetricsWrite } from './write-metrics.js'

/** Logs to runs that exist and are active. Each call is atomic. */
export class RunLog {
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

  async metric(runId: string, metric: LoggedMetric): Promise<void> {
    const metrics = prepareRunMetrics([metric], [toLoggedPoint(metric)])
    this.#announceMetrics(await this.#write(runId, this.#metrics(metrics)), metrics)
  }

  async param(runId: string, input: EntryInput): Promise<void> {
    const param = toParam(input)
    const run = await this.#write(runId, async (tx, run) => {
      const [changed] = await this.#entries.insertParams(tx, run, [param])
      if (changed)
        throw invalid(
          `Changing param values is not allowed. Param with key='${changed.key}' was already logged with value='${changed.old_value}' for run ID='${runId}'. Attempted logging new value '${changed.new_value}'.`,
        )
    })
    this.#announceRun(run)
  }

  async tag(runId: string, input: EntryInput): Promise<void> {
    const tag = toTag(input)
    const run = await this.#write(runId, (tx, run) => this.#entries.putTags(tx, run, [tag]))
    this.#announceRun(run)
  }

  async deleteTag(runId: string, key: string): Promise<void> {
    const run = await this.#write(runId, async (tx) => {
      const { numDeletedRows } = await tx
        .deleteFrom('tags')
        .where('run_id', '=', runId)
        .where('key', '=', key)
        .executeTakeFirstOrThrow()
      if (numDeletedRows === 0n) throw missing(`No tag with name: ${key} in run with id ${runId}`)
    })
    this.#announceRun(run)
  }

  async batch(runId: string, input: BatchInput): Promise<void> {
    return this.preparedBatch(runId, prepareBatch(input))
  }

  async preparedBatch(runId: string, { metrics, params, tags }: PreparedBatch): Promise<void> {
    const writeMetrics = metrics && this.#metrics(metrics)
    const run = await this.#write(runId, async (tx, run) => {
      await pipelined(
        params.length > 0 && this.#params(tx, run, params),
        writeMetrics?.(tx, run),
        tags.length > 0 && this.#entries.putTags(tx, run, tags),
      )
    })
    if (params.length + tags.length > 0) this.#announceRun(run)
    if (metrics) this.#announceMetrics(run, metrics)
  }

  async inputs(
    runId: string,
    datasets: readonly DatasetInput[],
    models: readonly ModelInput[],
  ): Promise<void> {
    const run = await this.#write(runId, async (tx, run) => {
      await insertDatasets(tx, run, datasets, this.#clock)
      await insertModelInputs(tx, runId, models, this.#clock)
    })
    this.#announceRun(run)
  }

  async outputs(
    runId: string,
    models: readonly { readonly model_id: string; readonly step?: number }[],
  ): Promise<void> {
    const run = await this.#write(runId, (tx) => insertModelOutputs(tx, runId, models, this.#clock))
    this.#announceRun(run)
  }

  /** Computes a tag's new value from the current one, under a lock. */
  async amendTag(runId: string, key: string, amend: (value: string | undefined) => string): Promise<void> {
    const run = await this.#write(runId, async (tx, run) => {
      await this.#db.dialect.lock(`tag ${runId} ${key}`)?.execute(tx)
      const known = await tx
        .selectFrom('tags')
        .select('value')
        .where('run_id', '=', runId)
        .where('key', '=', key)
        .executeTakeFirst()
      await this.#entries.putTags(tx, run, [toTag({ key, value: amend(known?.value) })])
    })
    this.#announceRun(run)
  }

  async #params(tx: Transaction<TrackingSchema>, run: RunKey, params: readonly Entry[]) {
    const changed = await this.#entries.insertParams(tx, run, params)
    if (changed.length > 0)
      throw invalid(
        `Changing param values is not allowed. Params were already logged='${describeChanges(changed)}' for run ID='${run.run_id}'.`,
      )
  }

  #metrics(metrics: PreparedRunMetrics): MetricsWrite {
    const { dialect } = this.#db
    const ofRun = prepareMetricsWrite(dialect, metrics, this.#clock)
    const { modelPoints } = metrics
    return async (tx, run) => {
      await ofRun(tx, run)
      if (modelPoints.length > 0) await insertModelMetrics(tx, dialect, run.run_id, modelPoints, this.#clock)
    }
  }

  /** Runs `work` concurrently with reading the run, and rolls it back if the run is not active. @returns the run before it */
  #write(runId: string, work: (tx: Transaction<TrackingSchema>, run: RunKey) => Promise<void>) {
    return this.#db.transaction(async (tx) => {
      const [run] = await pipelined(getActiveRun(tx, runId), work(tx, runKey(runId)))
      return run
    })
  }

  #announceRun({ run_id, experiment_id }: RunRow) {
    this.#announce({ type: 'run', experiment_id: String(experiment_id), run_id })
  }

  #announceMetrics({ run_id, experiment_id }: RunRow, { changed }: PreparedRunMetrics) {
    this.#announce({ type: 'metrics', experiment_id: String(experiment_id), run_id, ...changed })
  }
}
