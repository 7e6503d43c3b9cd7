import { readFileSync } from 'node:fs'
import { invalid, messageOf } from '@cairn/platform/errors'
import {
  CreateServingEndpoint,
  DeleteServingEndpoint,
  GetServingEndpoint,
  InvocationInput,
  ListServingEndpoints,
  QueryServingEndpoint,
} from '@cairn/platform/protocol/databricks/serving-endpoints'
import { compileParser } from '@cairn/platform/protocol/validate'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { printJson, printRows } from '../client/output.js'
import { parseInteger } from '../client/parse-integer.js'
import { ENDPOINT_COLUMNS as COLUMNS } from '../endpoints/columns.js'
import { addDiff, addHistory, addRollback } from '../endpoints/history.js'
import { waitUntilDeployed } from '../endpoints/wait.js'

/** `cairn endpoints`: creates, inspects, queries and deletes serving endpoints. */
export function endpointsCommand() {
  const endpoints = new Command('endpoints')
    .description('Manage serving endpoints')
    .addHelpText(
      'after',
      examples(
        'cairn endpoints create movies --model movies',
        'cairn endpoints query movies --history 1,260,1196',
      ),
    )
  const adds = [addList, addGet, addCreate, addQuery, addHistory, addDiff, addRollback, addDelete]
  for (const add of adds) add(endpoints)
  return endpoints
}

function addList(endpoints: Command) {
  endpoints
    .command('list')
    .description('List endpoints')
    .addHelpText('after', examples('cairn endpoints list -o json'))
    .action(async (_options, command) => {
      const { endpoints: found } = await connect(command).call(ListServingEndpoints, {})
      printRows(
        command,
        found,
        COLUMNS,
        'No endpoints. Create one with `cairn endpoints create NAME --model MODEL`.',
      )
    })
}

function addGet(endpoints: Command) {
  endpoints
    .command('get <name>')
    .description('Show the state and the served entities of an endpoint')
    .addHelpText('after', examples('cairn endpoints get movies'))
    .action(async (name, _options, command) => {
      const endpoint = await connect(command).call(GetServingEndpoint, { name })
      const entities = (endpoint.config ?? endpoint.pending_config)?.served_entities ?? []
      printRows(command, entities, {
        entity: (entity) => entity.name,
        model: (entity) => entity.entity_name,
        version: (entity) => entity.entity_version,
        follows: (entity) => entity.entity_alias,
        state: (entity) => entity.state.deployment.replace('DEPLOYMENT_', '').toLowerCase(),
        message: (entity) => entity.state.deployment_state_message,
      })
    })
}

function addCreate(endpoints: Command) {
  endpoints
    .command('create <name>')
    .description('Create an endpoint that serves a model version or follows an alias')
    .addHelpText(
      'after',
      examples(
        'cairn endpoints create movies --model movies   # follows models:/movies@champion',
        'cairn endpoints create movies-3 --model movies --version 3',
      ),
    )
    .requiredOption('--model <name>', 'registered model')
    .option('--version <version>', 'version number, or @alias to follow the alias', '@champion')
    .option('--no-wait', 'do not wait until the endpoint is ready')
    .action(async (name, { model, version, wait }, command) => {
      const { call } = connect(command)
      await call(CreateServingEndpoint, {
        name,
        config: { served_entities: [{ entity_name: model, entity_version: version }] },
      })
      const endpoint = wait ? await waitUntilDeployed(call, name) : await call(GetServingEndpoint, { name })
      printRows(command, [endpoint], COLUMNS)
    })
}

function addQuery(endpoints: Command) {
  endpoints
    .command('query <name>')
    .description('Query an endpoint')
    .addHelpText(
      'after',
      examples(
        'cairn endpoints query movies --history 1,260,1196 -k 5',
        'cairn endpoints query movies --json @body.json',
      ),
    )
    .option('--json <body>', 'request body, or @FILE')
    .option('--history <ids>', 'comma-separated item ids, oldest first')
    .option('--user <id>', 'user id from the training data')
    .option('-k <number>', 'number of recommendations', parseInteger, 10)
    .action(async (name, options, command) => {
      const response = await connect(command).call(QueryServingEndpoint, { name, ...bodyOf(options) })
      printJson(response)
    })
}

function addDelete(endpoints: Command) {
  endpoints
    .command('delete <name>')
    .description('Delete an endpoint')
    .addHelpText('after', examples('cairn endpoints delete movies'))
    .action(async (name, _options, command) => {
      await connect(command).call(DeleteServingEndpoint, { name })
    })
}

interface QueryOptions {
  json?: string
  history?: string
  user?: string
  k: number
}

const parse = compileParser<InvocationInput>(InvocationInput)

function bodyOf({ json, history, user, k }: QueryOptions): InvocationInput {
  if (json) return parse(jsonOf(json.startsWith('@') ? readFileSync(json.slice(1), 'utf8') : json))
  if (!history && !user) throw invalid('No query: pass --history 1,2,3, --user 7 or --json BODY.')
  const id = (text: string) => (/^\d+$/.test(text) ? Number(text) : text)
  return {
    dataframe_records: [
      { k, ...(user && { user_id: id(user) }), ...(history && { history: history.split(',').map(id) }) },
    ],
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw invalid(`--json is neither JSON nor @FILE: ${messageOf(cause)}.`, { cause })
  }
}
