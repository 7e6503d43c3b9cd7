import { setTimeout as sleep } from 'node:timers/promises'
import {
  CancelRun,
  GetRunProgress,
  GetTaskLogs,
  type JobRun,
  ListJobRuns,
  RepairRun,
  RunNow,
  type TaskProgress,
} from '@cairn/platform/protocol/job-runs'
import { type Job, ListJobs } from '@cairn/platform/protocol/jobs'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { type Columns, printRows, time } from '../client/output.js'
import { wholeNumber } from '../client/whole-number.js'
import { duration } from '../demo/task-line.js'

export function jobsCommand() {
  const jobs = new Command('jobs').description('jobs and their runs').addHelpText('afterAll', EXAMPLES)
  for (const add of [addList, addRuns, addRunNow, addGet, addLogs, addCancel, addRepair]) add(jobs)
  return jobs
}

function addList(jobs: Command) {
  jobs
    .command('list')
    .description('jobs, the newest first')
    .action(async (_options, command) => {
      const { jobs: found } = await connect(command).call(ListJobs, {})
      printRows<Job>(
        command,
        found,
        {
          id: (job) => job.job_id,
          name: (job) => job.settings.name,
          by: (job) => job.creator_user_name,
          created: (job) => time(job.created_time),
        },
        'No jobs yet. `cairn demo` makes one.',
      )
    })
}

const RUN_COLUMNS: Columns<JobRun> = {
  run: (run) => run.run_id,
  name: (run) => run.run_name,
  state: (run) => run.state.life_cycle_state,
  result: (run) => run.state.result_state,
  started: (run) => time(run.start_time),
  took: (run) => (run.run_duration ? duration(run.run_duration / 1000) : ''),
}

function addRuns(jobs: Command) {
  jobs
    .command('runs')
    .description('runs, the newest first')
    .option('--job <id>', 'only of this job', wholeNumber)
    .action(async ({ job }, command) => {
      const { runs } = await connect(command).call(ListJobRuns, { ...(job && { job_id: job }) })
      printRows(command, runs, RUN_COLUMNS, 'Nothing has run yet.')
    })
}

function addRunNow(jobs: Command) {
  jobs
    .command('run-now <job-id>')
    .description('start a run and print its id')
    .action(async (job, _options, command) => {
      const { run_id } = await connect(command).call(RunNow, { job_id: wholeNumber(job) })
      process.stdout.write(`${run_id}\n`)
    })
}

const TASK_COLUMNS: Columns<TaskProgress> = {
  task: (task) => task.task_key,
  state: (task) => task.state,
  result: (task) => task.result,
  attempt: (task) => task.attempt,
  took: (task) => (task.started_at ? duration(((task.ended_at ?? Date.now()) - task.started_at) / 1000) : ''),
  message: (task) => task.message ?? task.progress?.message,
}

function addGet(jobs: Command) {
  jobs
    .command('get <run-id>')
    .description('how far each task of a run is')
    .action(async (run, _options, command) => {
      const { tasks } = await connect(command).call(GetRunProgress, { run_id: wholeNumber(run) })
      printRows(command, tasks, TASK_COLUMNS, '')
    })
}

const FOLLOW_MS = 500

function addLogs(jobs: Command) {
  jobs
    .command('logs <run-id> <task>')
    .description('what a task wrote')
    .option('-f, --follow', 'until the task has ended; Ctrl-C leaves the task running')
    .action(async (run, task_key, { follow }, command) => {
      const { call } = connect(command)
      for (let offset = 0, ended = false; !ended; ) {
        const page = await call(GetTaskLogs, { run_id: wholeNumber(run), task_key, offset })
        for (const line of page.lines)
          process.stdout.write(`${time(line.time)}  ${line.level.padEnd(5)}  ${line.message}\n`)
        ended = page.lines.length === 0 && (page.ended || !follow)
        offset = page.next_offset
        if (page.lines.length === 0 && !ended) await sleep(FOLLOW_MS)
      }
    })
}

function addCancel(jobs: Command) {
  jobs
    .command('cancel <run-id>')
    .description('ask a run to stop')
    .action(async (run, _options, command) => {
      await connect(command).call(CancelRun, { run_id: wholeNumber(run) })
      process.stderr.write(`Run ${run} is asked to stop. \`cairn jobs get ${run}\` shows when it has.\n`)
    })
}

function addRepair(jobs: Command) {
  jobs
    .command('repair <run-id>')
    .description('run the failed tasks of a run again, and what depends on them')
    .action(async (run, _options, command) => {
      await connect(command).call(RepairRun, { run_id: wholeNumber(run), rerun_all_failed_tasks: true })
    })
}

const EXAMPLES = `
Examples:
  $ cairn jobs runs
  $ cairn jobs logs 12 train_als -f
  $ cairn jobs repair 12
`
