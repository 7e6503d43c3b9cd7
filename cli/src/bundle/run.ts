import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError, missing } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { GetJobRun, RunNow } from '@cairn/platform/protocol/databricks/job-runs'
import type { State } from './state.js'

const POLL_MS = 500
const ENDED = ['TERMINATED', 'SKIPPED', 'INTERNAL_ERROR']

interface RunOptions {
  readonly parameters: Readonly<Record<string, string>>
  readonly wait: boolean
  readonly print: (line: string) => void
}

/** Starts a deployed job, with `wait` until its run ends. @returns the id of the run @throws INVALID_STATE for a failed run */
export async function runJob(
  call: Client,
  { resources }: State,
  key: string,
  { parameters, wait, print }: RunOptions,
): Promise<number> {
  const job = resources[`jobs.${key}`]
  if (!job) {
    const known = Object.keys(resources).flatMap((name) => (name.startsWith('jobs.') ? [name.slice(5)] : []))
    throw missing(`The job '${key}' is not deployed; deployed: ${known.join(', ') || 'none'}.`)
  }
  const job_parameters = Object.keys(parameters).length > 0 ? { job_parameters: parameters } : {}
  const { run_id } = await call(RunNow, { job_id: Number(job.id), ...job_parameters })
  let run = await call(GetJobRun, { run_id })
  print(`run ${run_id}: ${run.run_page_url}`)
  for (let before = ''; wait; run = await call(GetJobRun, { run_id })) {
    const { life_cycle_state, result_state, state_message } = run.state
    const now = [life_cycle_state, result_state].filter(Boolean).join(' ')
    if (now !== before) print(now)
    before = now
    if (ENDED.includes(life_cycle_state)) {
      if (result_state === 'SUCCESS') return run_id
      throw new ApiError('INVALID_STATE', `Run ${run_id} ended as ${now}: ${state_message ?? 'no message'}`)
    }
    await sleep(POLL_MS)
  }
  return run_id
}
