import { invalid } from '@cairn/platform/errors'
import { CreateJob, DeleteJob, GetJob, ResetJob, UpdateJob } from '@cairn/platform/protocol/databricks/jobs'
import type { Command } from 'commander'
import { stringify } from 'yaml'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { formatOf, printJson, printOne } from '../client/output.js'
import { parseInteger } from '../client/parse-integer.js'
import { forStdout } from '../client/terminal-text.js'
import { readJobFile } from './job-file.js'

export function addCreate(jobs: Command) {
  jobs
    .command('create <file>')
    .description(
      'Create a job from a YAML or JSON file of its settings and print its id; - reads standard input',
    )
    .addHelpText('after', examples('cairn jobs create nightly.yml', 'cairn jobs create nightly.yml -o json'))
    .action(async (file, _options, command) => {
      const created = await connect(command).call(CreateJob, await readJobFile(file))
      if (formatOf(command) === 'json') printOne(command, created, {})
      else process.stdout.write(`${created.job_id}\n`)
    })
}

export function addUpdate(jobs: Command) {
  jobs
    .command('update <job-id> <file>')
    .description('Change the settings of a job that a file contains; tasks are matched by their key')
    .option('--reset', 'remove all settings that the file does not contain')
    .addHelpText(
      'after',
      examples('cairn jobs update 3 nightly.yml', 'cairn jobs update 3 nightly.yml --reset'),
    )
    .action(async (job, file, { reset }, command) => {
      const new_settings = await readJobFile(file)
      await connect(command).call(reset ? ResetJob : UpdateJob, { job_id: parseInteger(job), new_settings })
    })
}

export function addExport(jobs: Command) {
  jobs
    .command('export <job-id>')
    .description('Print the settings of a job as YAML, or as JSON, for create and update')
    .addHelpText('after', examples('cairn jobs export 3 > nightly.yml', 'cairn jobs export 3 -o json'))
    .action(async (job, _options, command) => {
      const { settings } = await connect(command).call(GetJob, { job_id: parseInteger(job) })
      if (formatOf(command) === 'json') printJson(settings)
      else process.stdout.write(forStdout(stringify(settings)))
    })
}

export function addDelete(jobs: Command) {
  jobs
    .command('delete <job-id>')
    .description('Delete a job; its runs stay readable')
    .addHelpText('after', examples('cairn jobs delete 3'))
    .action(async (job, _options, command) => {
      await connect(command).call(DeleteJob, { job_id: parseInteger(job) })
    })
}

export function addPause(jobs: Command) {
  jobs
    .command('pause <job-id>')
    .description('Pause the schedule or trigger of a job')
    .addHelpText('after', examples('cairn jobs pause 3'))
    .action((job, _options, command) => setPaused(command, parseInteger(job), 'PAUSED'))
}

export function addResume(jobs: Command) {
  jobs
    .command('resume <job-id>')
    .description('Resume the schedule or trigger of a job')
    .addHelpText('after', examples('cairn jobs resume 3'))
    .action((job, _options, command) => setPaused(command, parseInteger(job), 'UNPAUSED'))
}

async function setPaused(command: Command, job_id: number, pause_status: 'PAUSED' | 'UNPAUSED') {
  const { call } = connect(command)
  const { schedule, trigger } = (await call(GetJob, { job_id })).settings
  if (!schedule && !trigger) throw invalid(`Job ${job_id} has neither a schedule nor a trigger.`)
  const new_settings = schedule
    ? { schedule: { ...schedule, pause_status } }
    : { trigger: { ...trigger, pause_status } }
  await call(UpdateJob, { job_id, new_settings })
}
