import { setTimeout as sleep } from 'node:timers/promises'
import { GetRunProgress } from '@cairn/platform/protocol/cairn/run-progress'
import type { Client } from '@cairn/platform/protocol/client'
import { GetJobRun, type JobRun } from '@cairn/platform/protocol/databricks/job-runs'

/** Waits for the end of a run. @throws when it takes longer than `milliseconds` */
export async function waitForEnd(client: Client, runId: number, milliseconds = 240_000): Promise<JobRun> {
  for (const deadline = Date.now() + milliseconds; ; await sleep(20)) {
    const run = await client(GetJobRun, { run_id: runId })
    if (run.status.state === 'TERMINATED') return run
    if (Date.now() > deadline)
      throw new Error(
        `Run ${runId} has not ended: ${JSON.stringify(await client(GetRunProgress, { run_id: runId }))}`,
      )
  }
}

/** The results of all tasks by key. */
export const resultsOf = (run: JobRun) =>
  Object.fromEntries(run.tasks!.map((task) => [task.task_key, task.state.result_state]))
