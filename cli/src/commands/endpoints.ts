import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError, invalid, messageOf } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import {
  CreateServingEndpoint,
  DeleteServingEndpoint,
  GetServingEndpoint,
  InvocationInput,
  ListServingEndpoints,
  QueryServingEndpoint,
  type ServingEndpoint,
} from '@cairn/platform/protocol/serving-endpoints'
import { compileParser } from '@cairn/platform/protocol/validate'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { type Columns, printRows } from '../client/output.js'
import { wholeNumber } from '../client/whole-number.js'

const WAIT_MS = 120_000

export function endpointsCommand() {
  const endpoints = new Command('endpoints')
    .description('serving endpoints')
    .addHelpText('afterAll', EXAMPLES)
  endpoints
    .command('list')
    .description('endpoints that you may see')
    .action(async (_options, command) => {
      const { endpoints: found } = await connect(command).call(ListServingEndpoints, {})
      printRows(
        command,
        found,
        COLUMNS,
        'No endpoints yet. `cairn endpoints create NAME --model MODEL` makes one.',
      )
    })
  endpoints
    .command('get <name>')
    .description('state and served entities of an endpoint')
    .action(async (name, _options, command) => {
      const endpoint = await connect(command).call(GetServingEndpoint, { name })
      const entities = (endpoint.config ?? endpoint.pending_config)?.served_entities ?? []
      printRows(
        command,
        entities,
        {
          entity: (one) => one.name,
          model: (one) => one.entity_name,
          version: (one) => one.entity_version,
          follows: (one) => one.entity_alias,
          state: (one) => one.state.deployment.replace('DEPLOYMENT_', '').toLowerCase(),
          message: (one) => one.state.deployment_state_message,
        },
        '',
      )
    })
  endpoints
    .command('create <name>')
    .description('serve a model version, or follow an alias')
    .requiredOption('--model <name>', 'the registered model')
    .option('--version <version>', 'a version, or @alias to follow it', '@champion')
    .option('--no-wait', 'do not wait until it is ready')
    .action(async (name, { model, version, wait }, command) => {
      const { call } = connect(command)
      await call(CreateServingEndpoint, {
        name,
        config: { served_entities: [{ entity_name: model, entity_version: version }] },
      })
      const endpoint = wait ? await untilReady(call, name) : await call(GetServingEndpoint, { name })
      printRows(command, [endpoint], COLUMNS, '')
    })
  endpoints
    .command('query <name>')
    .description('ask an endpoint')
    .option('--json <body>', 'a request body, or @FILE')
    .option('--history <ids>', 'item ids, the oldest first, comma-separated')
    .option('--user <id>', 'a user of the training data')
    .option('-k <number>', 'how many recommendations', wholeNumber, 10)
    .action(async (name, options, command) => {
      const answer = await connect(command).call(QueryServingEndpoint, { name, ...bodyOf(options) })
      process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`)
    })
  endpoints
    .command('delete <name>')
    .description('delete an endpoint')
    .action(async (name, _options, command) => {
      await connect(command).call(DeleteServingEndpoint, { name })
    })
  return endpoints
}

const COLUMNS: Columns<ServingEndpoint> = {
  name: (endpoint) => endpoint.name,
  ready: (endpoint) => endpoint.state.ready,
  update: (endpoint) => endpoint.state.config_update,
  serves: (endpoint) =>
    (endpoint.config ?? endpoint.pending_config)?.served_entities
      .map((one) => `${one.entity_name}/${one.entity_version}`)
      .join(' '),
  creator: (endpoint) => endpoint.creator,
}

/** @throws INVALID_STATE with the endpoint's own message when the update failed */
async function untilReady(call: Client, name: string): Promise<ServingEndpoint> {
  for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline; ) {
    const endpoint = await call(GetServingEndpoint, { name })
    if (endpoint.state.config_update === 'UPDATE_FAILED') {
      const messages = endpoint.pending_config?.served_entities
        .map((one) => one.state.deployment_state_message)
        .join(' ')
      throw new ApiError('INVALID_STATE', `The endpoint could not be deployed. ${messages}`)
    }
    if (endpoint.state.ready === 'READY') return endpoint
    await sleep(250)
  }
  throw new ApiError(
    'DEADLINE_EXCEEDED',
    `The endpoint '${name}' is not ready after ${WAIT_MS / 1000} s; \`cairn endpoints get ${name}\` shows how it goes.`,
  )
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
  if (!history && !user) throw invalid('Say what to ask: --history 1,2,3 or --user 7 or --json BODY.')
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
    throw invalid(`--json takes JSON or @FILE: ${messageOf(cause)}.`, { cause })
  }
}

const EXAMPLES = `
Examples:
  $ cairn endpoints create movies --model movies              follows models:/movies@champion
  $ cairn endpoints query movies --history 1,260,1196 -k 5
  $ cairn endpoints query movies --json @body.json
`
