import { GetJobRun, RunNow } from '@cairn/platform/protocol/databricks/job-runs'
import type { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { formatOf, printOne } from '../client/output.js'
import { parseInteger } from '../client/parse-integer.js'
import { printNotice } from '../client/terminal-text.js'
import { followRun } from '../demo/follow.js'
import { parseParameter } from './job-file.js'
import { printSweeps } from './print-sweeps.js'

interface RunOptions {
  readonly param?: Record<string, string>
  readonly only?: string
  readonly wait?: boolean
  readonly cache: boolean
  readonly refresh?: string
  readonly resume?: number
}

/** With `--wait`, the exit code is 1 unless the run succeeds. */
export function addRun(jobs: Command) {
  jobs
    .command('run <job-id>')
    .alias('run-now')
    .description('Start a run of a job and print the run id')
    .option('--param <name=value>', 'parameter of the job, repeatable', parseParameter)
    .option('--only <tasks>', 'run only these tasks, separated by commas')
    .option('--no-cache', 'run tasks with a cache too, and keep none of their results')
    .option('--refresh <tasks>', 'run these tasks despite their cache, separated by commas')
    .option('--resume <run-id>', 'take over the tasks that succeeded in this run of the job', parseInteger)
    .option('--wait', 'show the progress until the run has ended, and fail unless it succeeds')
    .addHelpText(
      'after',
      examples(
        'cairn jobs run 3',
        'cairn jobs run 3 --param date=2026-11-29 --wait',
        'cairn jobs run 3 --only train',
        'cairn jobs run 3 --resume 12 --wait',
      ),
    )
    .action(async (job, options: RunOptions, command) => {
      const { call } = connect(command)
      const started = await call(RunNow, {
        job_id: parseInteger(job),
        ...(options.param && { job_parameters: options.param }),
        ...(options.only && { only: listOf(options.only) }),
        ...(options.resume !== undefined && { resume_from_run_id: options.resume }),
        ...(!options.cache && { no_cache: true }),
        ...(options.refresh && { refresh: listOf(options.refresh) }),
      })
      const isJson = formatOf(command) === 'json'
      if (!isJson) process.stdout.write(`${started.run_id}\n`)
      else if (!options.wait) printOne(command, started, {})
      if (options.wait) await waitForRun(command, started.run_id)
    })
}

const listOf = (text: string) => text.split(',').map((key) => key.trim())

async function waitForRun(command: Command, run_id: number) {
  const { call } = connect(command)
  const { run_page_url } = await call(GetJobRun, { run_id })
  process.stderr.write(`View the run at ${run_page_url}\n`)
  const { succeeded } = await followRun(call, run_id)
  const run = await call(GetJobRun, { run_id })
  if (formatOf(command) === 'json') printOne(command, run, {})
  else await printSweeps(call, command, run)
  const { result_state, state_message } = run.state
  if (!succeeded)
    printNotice(`Run ${run_id} ended as ${result_state}${state_message ? `: ${state_message}` : ''}.`)
  if (!succeeded && result_state !== 'SUCCESS_WITH_FAILURES') process.exitCode = 1
}
