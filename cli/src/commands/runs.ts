import type { Client } from '@cairn/platform/protocol/client'
import { GetExperimentByName } from '@cairn/platform/protocol/experiments'
import { DeleteRun, GetRun, RestoreRun, type Run, SearchRuns } from '@cairn/platform/protocol/runs'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { type Columns, printRows, time } from '../client/output.js'
import { wholeNumber } from '../client/whole-number.js'
import { addTransfer, TRANSFERS } from './run-transfer.js'

/** Shown first where runs have them. */
const LEADING = ['precision_at_10', 'recall_at_10', 'ndcg_at_10']

export function runsCommand() {
  const runs = new Command('runs')
    .description('runs: what was trained, with which parameters and metrics')
    .addHelpText('afterAll', ({ command }) => (TRANSFERS.has(command.name()) ? '' : EXAMPLES))
  runs
    .command('list')
    .alias('search')
    .description('runs of an experiment, the newest first')
    .option('-e, --experiment <id or name>', 'the experiment', '0')
    .option('--filter <expression>', `in MLflow's language, e.g. "metrics.ndcg_at_10 > 0.1"`)
    .option('--order-by <expression>', 'e.g. "metrics.ndcg_at_10 DESC"')
    .option('--metrics <keys>', 'columns, comma-separated', (text) => text.split(','), LEADING)
    .option('--limit <number>', 'at most this many', wholeNumber, 100)
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
        columns(metrics),
        'No runs here. `mlflow.start_run()` makes one, and so does `cairn demo`.',
      )
    })
  runs
    .command('get <run-id>')
    .description('parameters, metrics and tags of a run')
    .action(async (run_id, _options, command) => {
      const { run } = await connect(command).call(GetRun, { run_id })
      printRows(
        command,
        details(run),
        { kind: (one) => one.kind, key: (one) => one.key, value: (one) => one.value },
        '',
      )
    })
  runs
    .command('compare <run-ids...>')
    .description('what differs between runs')
    .action(async (ids: string[], _options, command) => {
      const { call } = connect(command)
      const found = await Promise.all(ids.map(async (run_id) => (await call(GetRun, { run_id })).run))
      printRows(command, differences(found), comparison(found), 'These runs do not differ.')
    })
  runs
    .command('delete <run-id>')
    .description('delete a run; `restore` brings it back')
    .action(async (run_id, _options, command) => {
      await connect(command).call(DeleteRun, { run_id })
    })
  runs
    .command('restore <run-id>')
    .description('restore a deleted run')
    .action(async (run_id, _options, command) => {
      await connect(command).call(RestoreRun, { run_id })
    })
  addTransfer(runs)
  return runs
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
  started: (run) => time(run.info.start_time),
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
  const about = [
    { key: 'run_id', value: info.run_id },
    { key: 'name', value: info.run_name ?? '' },
    { key: 'status', value: info.status ?? '' },
    { key: 'artifact_uri', value: info.artifact_uri ?? '' },
  ]
  return [
    ...list('run', about),
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
  const all = runs.map(
    (run) =>
      new Map(
        details(run)
          .filter((one) => one.kind === 'param' || one.kind === 'metric')
          .map((one) => [`${one.kind}s.${one.key}`, one.value]),
      ),
  )
  const keys = [...new Set(all.flatMap((one) => [...one.keys()]))].sort()
  return keys
    .map((key) => ({ key, values: all.map((one) => one.get(key)) }))
    .filter(({ values }) => new Set(values).size > 1)
}

const comparison = (runs: readonly Run[]): Columns<Difference> => ({
  what: (one) => one.key,
  ...Object.fromEntries(
    runs.map((run, i) => [
      `${run.info.run_name ?? run.info.run_id} (${i + 1})`,
      (one: Difference) => one.values[i],
    ]),
  ),
})

const EXAMPLES = `
Examples:
  $ cairn runs list -e /movies --order-by "metrics.ndcg_at_10 DESC"
  $ cairn runs list -e /movies --filter 'tags.\`cairn.model_kind\` = "als"' -o csv
  $ cairn runs compare 7aa2… 91bc…
`
