import { DEMO_JOB, type DemoOptions, demoJob } from '@cairn/pipelines/tasks/demo-job'
import { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { ListJobRuns, RunNow } from '@cairn/platform/protocol/databricks/job-runs'
import { CreateJob, type Job, ListJobs } from '@cairn/platform/protocol/databricks/jobs'
import { followRun } from './follow.js'
import { demoNews } from './news.js'
import { printSummary } from './summary.js'

/**
 * Runs the demo job once on a server: from ratings to recommendations. Does not repeat a successful run, and follows one
 * that is already running.
 *
 * @returns whether it succeeded
 * @throws RESOURCE_CONFLICT when the server's demo uses other ratings than the requested ones; the reason of the signal when it aborts
 */
export async function runDemo(
  call: Client,
  server: string,
  options: DemoOptions = {},
  signal?: AbortSignal,
): Promise<boolean> {
  const { run_id, done } = await findOrStart(call, options)
  if (!done) {
    process.stderr.write('Running the demo job: from ratings to recommendations\n')
    const { succeeded, tasks } = await followRun(call, run_id, {
      findNews: demoNews(call, server),
      ...(signal && { signal }),
    })
    if (!succeeded) {
      const failed = tasks.filter((task) => task.result === 'FAILED').map((task) => task.task_key)
      process.stderr.write(
        `The demo job failed. Show the reason with \`cairn jobs logs ${run_id} ${failed[0] ?? 'TASK'}\`; rerun the failed tasks with \`cairn jobs repair ${run_id}\`.\n`,
      )
      return false
    }
  }
  await printSummary(call, server)
  return true
}

async function findOrStart(call: Client, options: DemoOptions): Promise<{ run_id: number; done: boolean }> {
  const { jobs } = await call(ListJobs, { name: DEMO_JOB, expand_tasks: true })
  if (jobs[0]) requireSameSource(jobs[0], options)
  const job_id = jobs[0]?.job_id ?? (await call(CreateJob, demoJob(options))).job_id
  const { runs } = await call(ListJobRuns, { job_id, limit: 20 })
  const finished = runs.find((run) => run.state.result_state === 'SUCCESS')
  if (finished) return { run_id: finished.run_id, done: true }
  const active = runs.find(
    (run) => !run.state.result_state && run.state.life_cycle_state !== 'INTERNAL_ERROR',
  )
  if (active) return { run_id: active.run_id, done: false }
  return { run_id: (await call(RunNow, { job_id })).run_id, done: false }
}

/** Without a requested source, any existing demo is accepted. */
function requireSameSource({ settings }: Job, { source }: DemoOptions) {
  const importTask = settings.tasks?.find(({ task_key }) => task_key === 'import')
  const parameters = importTask?.node_task?.parameters as Record<string, unknown> | undefined
  const current = parameters?.source
  if (source === undefined || source === current) return
  throw new ApiError(
    'RESOURCE_CONFLICT',
    `The demo of this server uses ${current ?? 'the shipped ratings'}. Start a server with another data folder for ${source}.`,
  )
}
