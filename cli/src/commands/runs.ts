import type { Client } from '@cairn/platform/protocol/client'
import { GetExperimentByName } from '@cairn/platform/protocol/mlflow/experiments'
import { DeleteRun, GetRun, RestoreRun, type Run, SearchRuns } from '@cairn/platform/protocol/mlflow/runs'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { formatTime } from '../client/format.js'
import { usualMetrics } from '../client/metric-columns.js'
import { type Columns, printRows } from '../client/output.js'
import { parseInteger } from '../client/parse-integer.js'
import { addTransferCommands } from './run-transfer.js'

/** `cairn runs`: lists, compares, deletes and restores runs; with `run-transfer.ts`, also exports and imports them. */
export function runsCommand() {
  const runs = new Command('runs')
    .description('Manage runs')
    .addHelpText(
      'after',
      examples('cairn runs list -e /movies', 'cairn runs export -e /movies --out movies.jsonl'),
    )
  for (const add of [addList, addGet, addCompare, addDelete, addRestore, addTransferCommands]) add(runs)
  return runs
}

function addList(runs: Command) {
  runs
    .command('list')
    .alias('search')
    .description('List runs of an experiment, newest first')
    .addHelpText(
      'after',
      examples(
        'cairn runs list -e /movies --order-by "metrics.ndcg_at_10 DESC"',
        'cairn runs list -e /movies --filter \'tags.`cairn.model_kind` = "als"\' -o csv',
      ),
    )
    .option('-e, --experiment <id or name>', 'experiment', '0')
    .option('--filter <expression>', `MLflow filter, e.g. "metrics.ndcg_at_10 > 0.1"`)
    .option('--order-by <expression>', 'e.g. "metrics.ndcg_at_10 DESC"')
    .option('--metrics <keys>', 'comma-separated metric columns (default: some that the runs have)', (text) =>
      text.split(','),
    )
    .option('--limit <number>', 'maximum number of runs', parseInteger, 100)
    .action(async ({ experiment, filter, orderBy, metrics, limit }, command) => {
      const { call } = connect(command)
      const experiment_ids = [await experimentId(call, experiment)]
      const { runs: found = [] } = await call(SearchRuns, {
        experiment_ids,
        filter,
        max_results: limit,
        ...(orderBy && { order_by: [orderBy] }),
      })
      printRows(
        command,
        found,
        columns(metrics ?? usualMetrics(found)),
        'No runs. Create one with `mlflow.start_run()` or `cairn demo`.',
      )
    })
}

function addGet(runs: Command) {
  runs
    .command('get <run-id>')
    .description('Show parameters, metrics and tags of a run')
    .addHelpText('after', examples('cairn runs get 7aa2…'))
    .action(async (run_id, _options, command) => {
      const { run } = await connect(command).call(GetRun, { run_id })
      printRows(command, details(run), {
        kind: (row) => row.kind,
        key: (row) => row.key,
        value: (row) => row.value,
      })
    })
}

function addCompare(runs: Command) {
  runs
    .command('compare <run-ids...>')
    .description('Compare the parameters and metrics of runs')
    .addHelpText('after', examples('cairn runs compare 7aa2… 91bc…'))
    .action(async (ids: string[], _options, command) => {
      const { call } = connect(command)
      const found = await Promise.all(ids.map(async (run_id) => (await call(GetRun, { run_id })).run))
      printRows(
        command,
        differences(found),
        comparison(found),
        'The runs have the same parameters and metrics.',
      )
    })
}

function addDelete(runs: Command) {
  runs
    .command('delete <run-id>')
    .description('Delete a run; undo with `restore`')
    .addHelpText('after', examples('cairn runs delete 7aa2…'))
    .action(async (run_id, _options, command) => {
      await connect(command).call(DeleteRun, { run_id })
    })
}

function addRestore(runs: Command) {
  runs
    .command('restore <run-id>')
    .description('Restore a deleted run')
    .addHelpText('after', examples('cairn runs restore 7aa2…'))
    .action(async (run_id, _options, command) => {
      await connect(command).call(RestoreRun, { run_id })
    })
}

async function experimentId(call: Client, idOrName: string): Promise<string> {
  if (/^\d+$/.test(idOrName)) return idOrName
  const { experiment } = await call(GetExperimentByName, { experiment_name: idOrName })
  return experiment.experiment_id
}

const columns = (metrics: readonly string[]): Columns<Run> => ({
  run: (run) => run.info.run_id,
  name: (run) => run.info.run_name,
  status: (run) => run.info.status,
  started: (run) => formatTime(run.info.start_time),
  ...Object.fromEntries(metrics.map((key) => [key, (run: Run) => metricOf(run, key)])),
})

const metricOf = (run: Run, key: string) => run.data.metrics?.find((metric) => metric.key === key)?.value

interface Detail {
  readonly kind: string
  readonly key: string
  readonly value: string | number
}

function details({ info, data }: Run): Detail[] {
  const list = (kind: string, pairs: readonly { key: string; value: string | number }[] = []) =>
    pairs.map(({ key, value }) => ({ kind, key, value }))
  const attributes = [
    { key: 'run_id', value: info.run_id },
    { key: 'name', value: info.run_name ?? '' },
    { key: 'status', value: info.status ?? '' },
    { key: 'artifact_uri', value: info.artifact_uri ?? '' },
  ]
  return [
    ...list('run', attributes),
    ...list('param', data.params),
    ...list('metric', data.metrics as { key: string; value: number }[]),
    ...list('tag', data.tags),
  ]
}

interface Difference {
  readonly key: string
  readonly values: readonly (string | number | undefined)[]
}

function differences(runs: readonly Run[]): Difference[] {
  const valuesByRun = runs.map(
    (run) =>
      new Map(
        details(run)
          .filter(({ kind }) => kind === 'param' || kind === 'metric')
          .map(({ kind, key, value }) => [`${kind}s.${key}`, value]),
      ),
  )
  const keys = [...new Set(valuesByRun.flatMap((values) => [...values.keys()]))].sort()
  return keys
    .map((key) => ({ key, values: valuesByRun.map((run) => run.get(key)) }))
    .filter(({ values }) => new Set(values).size > 1)
}

const comparison = (runs: readonly Run[]): Columns<Difference> => ({
  what: (difference) => difference.key,
  ...Object.fromEntries(
    runs.map((run, i) => [
      `${run.info.run_name ?? run.info.run_id} (${i + 1})`,
      (difference: Difference) => difference.values[i],
    ]),
  ),
})
