import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { Config } from '@cairn/platform/config'
import { invalid } from '@cairn/platform/errors'
import {
  kindsOf,
  type TaskKindName,
  type TaskSettings,
} from '@cairn/platform/protocol/databricks/task-settings'
import type { ExpressionBuilder } from 'kysely'
import type { PipelinesSchema, RunsOn } from '../schema.js'

export interface Placement {
  readonly runs_on: RunsOn
  /** The labels that a worker needs, sorted, with commas. */
  readonly labels: string
}

/** Kinds whose code runs in a process that reaches the server over HTTP. */
const JOB_CODE_KINDS: readonly TaskKindName[] = [
  'spark_python_task',
  'python_wheel_task',
  'notebook_task',
  'shell_task',
]

/** Returns whether the task runs code of jobs, which a worker without the database can run too. */
export const isJobCode = (task: TaskSettings): boolean =>
  task.node_task?.file !== undefined || kindsOf(task).some((kind) => JOB_CODE_KINDS.includes(kind))

type ProcessSettings = Pick<Config, 'task_processes' | 'auth'>

/** Returns whether this process may run code of jobs by any writer. */
const mayRunAnyJobCode = ({ task_processes }: ProcessSettings): boolean =>
  task_processes === 'on' || (task_processes === 'auto' && process.getuid?.() === 0)

/** Returns whether this process may run code of jobs, at least code that the owner wrote. */
export const mayRunJobCode = (config: ProcessSettings): boolean =>
  mayRunAnyJobCode(config) || (config.task_processes === 'auto' && config.auth === 'local')

/**
 * A placement whose attempts a process claims. `owner` stands for attempts of `any` whose settings the owner wrote, and for all
 * of `any` while no worker over HTTP could claim them.
 */
export type AcceptedPlacement = RunsOn | 'owner'

/** A worker over HTTP that was seen within this time may claim attempts. */
const WORKER_SEEN_MS = 5 * 60_000

/** The placements whose attempts this process, which has the database, claims. Workers over HTTP claim the others. */
export const acceptedPlacements = (config: ProcessSettings): readonly AcceptedPlacement[] => {
  if (mayRunAnyJobCode(config)) return ['server', 'any']
  return mayRunJobCode(config) ? ['server', 'owner'] : ['server']
}

/** An SQL condition: the attempt has one of these placements. */
export const hasPlacement =
  (placements: readonly AcceptedPlacement[], now: number) =>
  (eb: ExpressionBuilder<PipelinesSchema, 'task_attempts'>) => {
    const byOwnerOrAlone = () => {
      const byOwner = eb
        .selectFrom('task_runs')
        .innerJoin('job_runs', 'job_runs.run_id', 'task_runs.run_id')
        .select('task_runs.task_run_id')
        .whereRef('task_runs.task_run_id', '=', 'task_attempts.task_run_id')
        .where('job_runs.writer_id', '=', LOCAL_OWNER.id)
      const workers = eb
        .selectFrom('task_workers')
        .select('worker_id')
        .where('seen_at', '>=', now - WORKER_SEEN_MS)
      return eb.and([eb('runs_on', '=', 'any'), eb.or([eb.exists(byOwner), eb.not(eb.exists(workers))])])
    }
    const stored = placements.filter((one) => one !== 'owner')
    return eb.or([eb('runs_on', 'in', stored), ...(placements.includes('owner') ? [byOwnerOrAlone()] : [])])
  }

/** The process that must run the attempts of a task. */
export function placementOf(task: TaskSettings): Placement {
  const labels = [...new Set(task.worker_labels)].sort().join(',')
  if (!isJobCode(task)) return { runs_on: 'server', labels: '' }
  return { runs_on: labels === '' ? 'any' : 'worker', labels }
}

/** @throws INVALID_PARAMETER_VALUE for labels of a task that no worker over HTTP runs */
export function checkPlacement(task: TaskSettings): void {
  if (!task.worker_labels?.length || isJobCode(task)) return
  const where = `tasks: '${task.task_key}': worker_labels`
  if (task.for_each_task) throw invalid(`${where}: set them on the task in the loop.`)
  throw invalid(
    `${where}: ${kindsOf(task)[0]} runs on the server; labels choose workers of code files and scripts.`,
  )
}
