import { ApiError, invalid } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { RunOverrides } from '@cairn/platform/protocol/databricks/run-overrides'
import { jobOf } from '../flow/run-rows.js'
import type { JobRow, JobRunRow } from '../schema.js'
import { withDefaults } from './parameters.js'
import type { RunChoices } from './run-choices.js'
import { type RunStore, requireEnded } from './store.js'
import type { ResumedRun } from './take-over.js'

/** @throws INVALID_PARAMETER_VALUE for a run of another job; INVALID_STATE while the run is active */
export async function findResumed(runs: RunStore, { job_id }: JobRow, runId: number): Promise<ResumedRun> {
  const other = () => invalid(`resume_from_run_id: ${runId} is not a run of job ${job_id}.`)
  const run = await runs.get(runId).catch((error) => {
    throw error instanceof ApiError && error.statusCode === 404 ? other() : error
  })
  if (run.job_id !== job_id) throw other()
  requireEnded(run)
  const [tasks, repairs] = [await runs.tasks([runId]), await runs.repairs(runId)]
  const last = repairs.at(-1)
  if (!last || !mayBeChanged(run)) return { run, tasks }
  const repaired = new Set(JSON.parse(last.task_run_ids) as number[])
  return { run, tasks: tasks.filter(({ task_run_id }) => repaired.has(task_run_id)) }
}

/** Returns whether a repair may have changed the parameters of a run, so that tasks before it had others. */
const mayBeChanged = (run: JobRunRow) =>
  Object.keys(changedByRepair(run)).length > 0 ||
  Object.keys(JSON.parse(run.overrides ?? '{}') as RunOverrides).some((name) => name !== 'only')

function changedByRepair(run: JobRunRow): Record<string, string> {
  const before = withDefaults(jobOf(run), JSON.parse(run.overriding) as Record<string, string>)
  const values = Object.entries(JSON.parse(run.parameters) as Record<string, string>)
  return Object.fromEntries(values.filter(([name, value]) => before[name] !== value))
}

/**
 * Merges the choices of the caller with those of the resumed run, whose results belong to its parameters.
 *
 * @throws INVALID_PARAMETER_VALUE for a parameter with another value than in the resumed run
 */
export function mergeResumedChoices(
  { run }: ResumedRun,
  { parameters, overrides }: RunChoices,
  job: JobSettings,
): RunChoices {
  const before = JSON.parse(run.overrides ?? '{}') as RunOverrides
  const all = { ...before, ...overrides }
  const overriding = JSON.parse(run.overriding) as Record<string, string>
  const again = { ...overriding, ...changedByRepair(run), ...parameters }
  const values = JSON.parse(run.parameters) as Record<string, string>
  const effective = withDefaults(job, again)
  const changed = [...new Set([...Object.keys(values), ...Object.keys(effective)])].find(
    (name) => values[name] !== effective[name],
  )
  if (changed !== undefined)
    throw invalid(
      `job_parameters: '${changed}' had another value in run ${run.run_id}, whose results are not those of the new one.`,
    )
  return { parameters: again, ...(Object.keys(all).length > 0 && { overrides: all }) }
}
