import { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { GetMetricHistoryBulkInterval } from '@cairn/platform/protocol/mlflow/metrics'
import {
  CreateRun,
  DeleteRun,
  GetRun,
  LogBatch,
  SearchRuns,
  UpdateRun,
} from '@cairn/platform/protocol/mlflow/runs'
import { TASK_RUN_TAG } from '../run-tags.js'
import type { History } from './median-rule.js'
import type { TrialValues } from './sample-trials.js'

export interface NewMlflowRun {
  readonly taskRunId: number
  readonly experimentId: string
  readonly name: string
  /** Name of the principal that the task runs as. */
  readonly user: string
  readonly parameters: TrialValues
  readonly tags: Readonly<Record<string, string>>
}

export type EndStatus = 'FINISHED' | 'FAILED' | 'KILLED'

/** Steps of a metric that are compared. */
const MAX_STEPS = 100
/** The limit of the tracking server. */
const MAX_RUNS = 100

const MAX_TAGS = 100
/** Statuses of a token that was revoked, a conflict with another writer, and too many requests. */
const TEMPORARY = [401, 409, 429]

/** Runs of sweeps and trials in the tracking server, with the rights of one principal. */
export class MlflowRuns {
  readonly #call: Client

  constructor(call: Client) {
    this.#call = call
  }

  /** Creates the run of a task run, or finds the one that was created before a crash. @returns its id */
  async create(run: NewMlflowRun): Promise<string> {
    const run_id = (await this.#find(run)) ?? (await this.#insert(run))
    const params = Object.entries(run.parameters).map(([key, value]) => ({ key, value: textOf(value) }))
    await this.#call(LogBatch, { run_id, params })
    return run_id
  }

  /** Checks the user, which the server sets: any writer of the experiment can set the tag. */
  async #find({ experimentId, taskRunId, user }: NewMlflowRun): Promise<string | undefined> {
    const filter = `tags.\`${TASK_RUN_TAG}\` = '${taskRunId}'`
    const search = { experiment_ids: [experimentId], filter, max_results: MAX_RUNS }
    const { runs = [] } = await this.#call(SearchRuns, search)
    return runs.find(({ info }) => info.user_id === user)?.info.run_id
  }

  async #insert({ taskRunId, experimentId, name, user, tags }: NewMlflowRun): Promise<string> {
    const { run } = await this.#call(CreateRun, {
      ...{ experiment_id: experimentId, run_name: name, user_id: user, start_time: Date.now() },
      tags: asTags({ ...tags, 'mlflow.user': user, [TASK_RUN_TAG]: String(taskRunId) }),
    })
    return run.info.run_id
  }

  /** Deletes a run after another process has stored one first. */
  async discard(run_id: string): Promise<void> {
    await this.#call(DeleteRun, { run_id })
  }

  /** The last value of a metric; undefined without one, for NaN and for a run that was deleted. */
  async readMetric(run_id: string, metric: string): Promise<number | undefined> {
    const found = await this.#call(GetRun, { run_id }).catch(undefinedIfRefused)
    const value = found?.run.data.metrics?.find(({ key }) => key === metric)?.value
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined
  }

  /** Sets the status unless the run has already ended. A deleted run stays deleted. */
  async end(run_id: string, status: EndStatus, tags: Readonly<Record<string, string>> = {}): Promise<void> {
    const found = await this.#call(GetRun, { run_id }).catch(undefinedIfRefused)
    if (found?.run.info.lifecycle_stage !== 'active') return
    if (Object.keys(tags).length > 0) await this.#call(LogBatch, { run_id, tags: asTags(tags) })
    if (!['RUNNING', 'SCHEDULED'].includes(found.run.info.status)) return
    await this.#call(UpdateRun, { run_id, status, end_time: Date.now() })
  }

  /** Continues the run of a repaired sweep. */
  async reopen(run_id: string): Promise<void> {
    await this.#call(UpdateRun, { run_id, status: 'RUNNING' })
  }

  /** The values of a metric by run: at most 100 steps, evenly sampled. */
  async histories(runIds: readonly string[], metric_key: string): Promise<Map<string, History>> {
    const histories = new Map<string, { step: number; value: number }[]>()
    for (let i = 0; i < runIds.length; i += MAX_RUNS) {
      const run_ids = runIds.slice(i, i + MAX_RUNS)
      const { metrics = [] } = await this.#call(GetMetricHistoryBulkInterval, {
        ...{ run_ids, metric_key, max_results: MAX_STEPS },
      })
      for (const { run_id, step, value } of metrics) {
        const history = histories.get(run_id) ?? []
        if (history.at(-1)?.step === step) history.pop()
        history.push({ step, value: value === 'NaN' ? Number.NaN : value })
        histories.set(run_id, history)
      }
    }
    return histories
  }

  async logMetric(
    run_id: string,
    key: string,
    value: number,
    tags: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const metrics = [{ key, value, timestamp: Date.now(), step: 0 }]
    const all = asTags(tags)
    await this.#call(LogBatch, { run_id, metrics, tags: all.slice(0, MAX_TAGS) })
    for (let at = MAX_TAGS; at < all.length; at += MAX_TAGS)
      await this.#call(LogBatch, { run_id, tags: all.slice(at, at + MAX_TAGS) })
  }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

const asTags = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([key, value]) => ({ key, value }))

/** A run that the principal may no longer read has no metric. Other failures are temporary. */
function undefinedIfRefused(error: unknown): undefined {
  if (!isRefusal(error)) throw error
}

/** Returns whether the error is permanent. */
export const isRefusal = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.statusCode < 500 && !TEMPORARY.includes(error.statusCode)

export const isUnauthenticated = (error: unknown) => error instanceof ApiError && error.statusCode === 401
