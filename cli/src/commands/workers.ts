import { ListWorkers, type Worker } from '@cairn/platform/protocol/cairn/workers'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { formatTime } from '../client/format.js'
import { type Columns, printRows } from '../client/output.js'

const COLUMNS: Columns<Worker> = {
  name: (worker) => worker.name,
  labels: (worker) => worker.labels.join(' '),
  running: (worker) => `${worker.running.length} of ${worker.concurrency}`,
  version: (worker) => worker.version,
  started: (worker) => formatTime(worker.registered_at),
  'last heartbeat': (worker) => formatTime(worker.last_heartbeat),
}

/** `cairn workers`: the workers over HTTP. */
export function workersCommand() {
  const workers = new Command('workers')
    .description('Manage the workers that execute tasks over HTTP')
    .addHelpText('after', examples('cairn workers list'))
  workers
    .command('list')
    .description('List the workers that were seen within a day')
    .addHelpText('after', examples('cairn workers list', 'cairn workers list -o json'))
    .action(async (_options, command) => {
      const { workers: found } = await connect(command).call(ListWorkers, {})
      printRows(command, found, COLUMNS, 'No workers. `cairn worker --server URL --token TOKEN` starts one.')
    })
  return workers
}
