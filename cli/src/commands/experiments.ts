import {
  CreateExperiment,
  DeleteExperiment,
  type Experiment,
  RestoreExperiment,
  SearchExperiments,
} from '@cairn/platform/protocol/mlflow/experiments'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { formatTime } from '../client/format.js'
import { type Columns, printRows } from '../client/output.js'
import { parseInteger } from '../client/parse-integer.js'

const COLUMNS: Columns<Experiment> = {
  id: (experiment) => experiment.experiment_id,
  name: (experiment) => experiment.name,
  artifacts: (experiment) => experiment.artifact_location,
  state: (experiment) => experiment.lifecycle_stage,
  created: (experiment) => formatTime(experiment.creation_time),
}

/** `cairn experiments`: lists, creates, deletes and restores experiments, through MLflow's API. */
export function experimentsCommand() {
  const experiments = new Command('experiments')
    .description('Manage experiments')
    .addHelpText('after', examples('cairn experiments list', 'cairn experiments create /movies/als'))
  experiments
    .command('list')
    .description('List experiments, newest first')
    .addHelpText('after', examples(`cairn experiments list --filter "name LIKE '/movies%'"`))
    .option('--filter <expression>', `MLflow filter, e.g. "name LIKE '/movies%'"`)
    .option('--deleted', 'list deleted experiments instead')
    .option('--limit <number>', 'maximum number of experiments', parseInteger, 100)
    .action(async ({ filter, deleted, limit }, command) => {
      const { experiments: found = [] } = await connect(command).call(SearchExperiments, {
        filter,
        max_results: limit,
        view_type: deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY',
      })
      printRows(command, found, COLUMNS, 'No experiments. Create one with `cairn experiments create NAME`.')
    })
  experiments
    .command('create <name>')
    .description('Create an experiment and print its id')
    .addHelpText('after', examples('cairn experiments create /movies/als'))
    .action(async (name, _options, command) => {
      const { experiment_id } = await connect(command).call(CreateExperiment, { name })
      printRows(command, [{ experiment_id, name }], {
        id: (row) => row.experiment_id,
        name: (row) => row.name,
      })
    })
  experiments
    .command('delete <id>')
    .description('Delete an experiment with its runs; undo with `restore`')
    .addHelpText('after', examples('cairn experiments delete 7'))
    .action(async (experiment_id, _options, command) => {
      await connect(command).call(DeleteExperiment, { experiment_id })
      process.stderr.write(
        `Deleted experiment ${experiment_id}. Undo with \`cairn experiments restore ${experiment_id}\`.\n`,
      )
    })
  experiments
    .command('restore <id>')
    .description('Restore a deleted experiment with its runs')
    .addHelpText('after', examples('cairn experiments restore 7'))
    .action(async (experiment_id, _options, command) => {
      await connect(command).call(RestoreExperiment, { experiment_id })
    })
  return experiments
}
