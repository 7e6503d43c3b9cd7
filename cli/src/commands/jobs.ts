import { setTimeout as sleep } from 'node:timers/promises'
import { GetRunProgress, type TaskProgress } from '@cairn/platform/protocol/cairn/run-progress'
import { GetTaskLogs } from '@cairn/platform/protocol/cairn/task-logs'
import { CancelRun, type JobRun, ListJobRuns, RepairRun } from '@cairn/platform/protocol/databricks/job-runs'
import { type Job, ListJobs } from '@cairn/platform/protocol/databricks/jobs'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { formatDuration, formatTime } from '../client/format.js'
import { type Columns, printRows } from '../client/output.js'
import { parseInteger } from '../client/parse-integer.js'
import { logLine } from '../client/terminal-text.js'
import { addRun } from '../jobs/run-command.js'
import { addCreate, addDelete, addExport, addPause, addResume, addUpdate } from '../jobs/settings-commands.js'

/** `cairn jobs`: defines and starts jobs, and inspects, cancels and repairs their runs. */
export function jobsCommand() {
  const jobs = new Command('jobs')
    .description('Manage jobs and their runs')
    .addHelpText(
      'after',
      examples('cairn jobs create nightly.yml', 'cairn jobs run 3 --wait', 'cairn jobs runs'),
    )
  for (const add of [addList, addCreate, addUpdate, addExport, addPause, addResume, addDelete]) add(jobs)
  for (const add of [addRun, addRuns, addGet, addLogs, addCancel, addRepair]) add(jobs)
  return jobs
}

function addList(jobs: Command) {
  jobs
    .command('list')
    .description('List jobs, newest first')
    .addHelpText('after', examples('cairn jobs list'))
    .action(async (_options, command) => {
      const { jobs: found } = await connect(command).call(ListJobs, {})
      printRows<Job>(
        command,
        found,
        {
          id: (job) => job.job_id,
          name: (job) => job.settings.name,
          by: (job) => job.creator_user_name,
          created: (job) => formatTime(job.created_time),
        },
        'No jobs. `cairn jobs create` and `cairn demo` create some.',
      )
    })
}

const RUN_COLUMNS: Columns<JobRun> = {
  run: (run) => run.run_id,
  name: (run) => run.run_name,
  state: (run) => run.state.life_cycle_state,
  result: (run) => run.state.result_state,
  started: (run) => formatTime(run.start_time),
  took: (run) => (run.run_duration ? formatDuration(run.run_duration / 1000) : ''),
}

function addRuns(jobs: Command) {
  jobs
    .command('runs')
    .description('List job runs, newest first')
    .addHelpText('after', examples('cairn jobs runs --job 3'))
    .option('--job <id>', 'only runs of this job', parseInteger)
    .action(async ({ job }, command) => {
      const { runs } = await connect(command).call(ListJobRuns, { ...(job && { job_id: job }) })
      printRows(command, runs, RUN_COLUMNS, 'No job runs.')
    })
}

const TASK_COLUMNS: Columns<TaskProgress> = {
  task: (task) => task.task_key,
  state: (task) => task.state,
  result: (task) => task.origin?.kind ?? task.result,
  attempt: (task) => task.attempt,
  took: (task) =>
    task.started_at ? formatDuration(((task.ended_at ?? Date.now()) - task.started_at) / 1000) : '',
  message: (task) =>
    task.origin ? `from run ${task.origin.run_id}` : (task.message ?? task.progress?.message),
}

function addGet(jobs: Command) {
  jobs
    .command('get <run-id>')
    .description('Show the progress of each task of a run')
    .addHelpText('after', examples('cairn jobs get 12'))
    .action(async (run, _options, command) => {
      const { tasks } = await connect(command).call(GetRunProgress, { run_id: parseInteger(run) })
      printRows(command, tasks, TASK_COLUMNS)
    })
}

const FOLLOW_MS = 500

function addLogs(jobs: Command) {
  jobs
    .command('logs <run-id> <task>')
    .description('Print the log of a task')
    .addHelpText('after', examples('cairn jobs logs 12 train_als -f'))
    .option('-f, --follow', 'follow until the task has ended; Ctrl-C does not stop the task')
    .action(async (run, task_key, { follow }, command) => {
      const { call } = connect(command)
      for (let offset = 0, ended = false; !ended; ) {
        const page = await call(GetTaskLogs, { run_id: parseInteger(run), task_key, offset })
        for (const line of page.lines)
          process.stdout.write(
            `${formatTime(line.time)}  ${line.level.padEnd(5)}  ${logLine(line.message)}\n`,
          )
        ended = page.lines.length === 0 && (page.ended || !follow)
        offset = page.next_offset
        if (page.lines.length === 0 && !ended) await sleep(FOLLOW_MS)
      }
    })
}

function addCancel(jobs: Command) {
  jobs
    .command('cancel <run-id>')
    .description('Cancel a run')
    .addHelpText('after', examples('cairn jobs cancel 12'))
    .action(async (run, _options, command) => {
      await connect(command).call(CancelRun, { run_id: parseInteger(run) })
      process.stderr.write(`Cancelling run ${run}. Check its state with \`cairn jobs get ${run}\`.\n`)
    })
}

function addRepair(jobs: Command) {
  jobs
    .command('repair <run-id>')
    .description('Rerun the failed tasks of a run and the tasks that depend on them')
    .addHelpText('after', examples('cairn jobs repair 12'))
    .action(async (run, _options, command) => {
      await connect(command).call(RepairRun, { run_id: parseInteger(run), rerun_all_failed_tasks: true })
    })
}
