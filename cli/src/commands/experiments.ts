import {
  CreateExperiment,
  DeleteExperiment,
  type Experiment,
  RestoreExperiment,
  SearchExperiments,
} from '@cairn/platform/protocol/experiments'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { type Columns, printRows, time } from '../client/output.js'
import { wholeNumber } from '../client/whole-number.js'

const COLUMNS: Columns<Experiment> = {
  id: (experiment) => experiment.experiment_id,
  name: (experiment) => experiment.name,
  artifacts: (experiment) => experiment.artifact_location,
  state: (experiment) => experiment.lifecycle_stage,
  created: (experiment) => time(experiment.creation_time),
}

export function experimentsCommand() {
  const experiments = new Command('experiments')
    .description('experiments: what runs belong to')
    .addHelpText('afterAll', EXAMPLES)
  experiments
    .command('list')
    .description('experiments, the newest first')
    .option('--filter <expression>', `in MLflow's language, e.g. "name LIKE '/movies%'"`)
    .option('--deleted', 'the deleted ones')
    .option('--limit <number>', 'at most this many', wholeNumber, 100)
    .action(async ({ filter, deleted, limit }, command) => {
      const { experiments: found = [] } = await connect(command).call(SearchExperiments, {
        filter,
        max_results: limit,
        view_type: deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY',
      })
      printRows(command, found, COLUMNS, 'No experiments here. `cairn experiments create NAME` makes one.')
    })
  experiments
    .command('create <name>')
    .description('create an experiment and print its id')
    .action(async (name, _options, command) => {
      const { experiment_id } = await connect(command).call(CreateExperiment, { name })
      printRows(
        command,
        [{ experiment_id, name }],
        { id: (one) => one.experiment_id, name: (one) => one.name },
        '',
      )
    })
  experiments
    .command('delete <id>')
    .description('delete an experiment with its runs; `restore` brings them back')
    .action(async (experiment_id, _options, command) => {
      await connect(command).call(DeleteExperiment, { experiment_id })
      process.stderr.write(
        `Experiment ${experiment_id} is deleted. \`cairn experiments restore ${experiment_id}\` brings it back.\n`,
      )
    })
  experiments
    .command('restore <id>')
    .description('restore a deleted experiment with its runs')
    .action(async (experiment_id, _options, command) => {
      await connect(command).call(RestoreExperiment, { experiment_id })
    })
  return experiments
}

const EXAMPLES = `
Examples:
  $ cairn experiments list --filter "name LIKE '/movies%'"
  $ cairn experiments create /movies/als
`
