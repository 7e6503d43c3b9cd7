import {
  CompareEndpointDeployments,
  type DeploymentChange,
  type EndpointDeployment,
  ListEndpointDeployments,
  RollBackServingEndpoint,
} from '@cairn/platform/protocol/cairn/serving-deployments'
import { GetServingEndpoint } from '@cairn/platform/protocol/databricks/serving-endpoints'
import type { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { formatTime } from '../client/format.js'
import { type Columns, printRows } from '../client/output.js'
import { parseInteger } from '../client/parse-integer.js'
import { ENDPOINT_COLUMNS } from './columns.js'
import { waitUntilDeployed } from './wait.js'

export function addHistory(endpoints: Command) {
  endpoints
    .command('history <name>')
    .description('List the deployments of an endpoint, newest first')
    .addHelpText(
      'after',
      examples('cairn endpoints history movies', 'cairn endpoints history movies -n 5 -o json'),
    )
    .option('-n, --max-results <number>', 'number of deployments', parseInteger, 20)
    .action(async (name, { maxResults }, command) => {
      const { deployments } = await connect(command).call(ListEndpointDeployments, {
        name,
        max_results: maxResults,
      })
      printRows(command, deployments, HISTORY_COLUMNS, 'No deployments.')
    })
}

export function addDiff(endpoints: Command) {
  endpoints
    .command('diff <name> <number>')
    .description('Compare a deployment of an endpoint with another')
    .addHelpText(
      'after',
      examples(
        'cairn endpoints diff movies 4   # with deployment 3; the first one with nothing',
        'cairn endpoints diff movies 4 --against 1',
      ),
    )
    .option('--against <number>', 'the other deployment (default: the one before it)', parseInteger)
    .action(async (name, number, { against }, command) => {
      const { changes } = await connect(command).call(CompareEndpointDeployments, {
        name,
        number: parseInteger(number),
        ...(against !== undefined && { against }),
      })
      printRows(command, changes, CHANGE_COLUMNS, 'The deployments are equal.')
    })
}

export function addRollback(endpoints: Command) {
  endpoints
    .command('rollback <name>')
    .description('Restore what an earlier deployment of an endpoint served')
    .addHelpText(
      'after',
      examples(
        'cairn endpoints rollback movies          # to the last successful deployment before the active one',
        'cairn endpoints rollback movies --to 3   # a number from its history',
      ),
    )
    .option('--to <number>', 'number of the deployment', parseInteger)
    .option('--no-wait', 'do not wait until it is served')
    .action(async (name, { to, wait }, command) => {
      const { call } = connect(command)
      await call(RollBackServingEndpoint, { name, ...(to !== undefined && { number: to }) })
      const endpoint = wait ? await waitUntilDeployed(call, name) : await call(GetServingEndpoint, { name })
      printRows(command, [endpoint], ENDPOINT_COLUMNS)
    })
}

const HISTORY_COLUMNS: Columns<EndpointDeployment> = {
  number: (deployment) => deployment.number,
  active: (deployment) => (deployment.active ? '*' : ''),
  outcome: (deployment) => deployment.outcome.toLowerCase().replace('_', ' '),
  serves: ({ served_entities }) =>
    served_entities
      .map((entity) => `${entity.entity_name}/${entity.version ?? entity.entity_version}`)
      .join(' '),
  reason: (deployment) => deployment.reason,
  by: (deployment) => deployment.creator,
  gate: ({ promotions }) => promotions.map(({ verdict }) => verdict).join(' '),
  created: ({ creation_timestamp }) => formatTime(creation_timestamp),
  message: (deployment) => deployment.message,
}

const CHANGE_COLUMNS: Columns<DeploymentChange> = {
  field: (change) => change.field,
  before: (change) => change.before,
  after: (change) => change.after,
}
