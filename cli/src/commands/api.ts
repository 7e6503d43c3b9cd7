import { readFileSync } from 'node:fs'
import { invalid } from '@cairn/platform/errors'
import { notJsonError } from '@cairn/platform/protocol/json-response'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { responseError } from '../client/response-error.js'
import { forStdout } from '../client/terminal-text.js'

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])

/** `cairn api`: for operations without their own command; authenticates like the other commands. */
export const apiCommand = () =>
  new Command('api')
    .description('Send a request to any endpoint and print the response')
    .argument('<method>', 'GET, POST, PUT, PATCH or DELETE')
    .argument('<path>', 'e.g. /api/2.0/mlflow/experiments/get?experiment_id=0')
    .option('-d, --data <body>', 'a JSON body, or @FILE')
    .addHelpText(
      'after',
      examples(
        'cairn api GET /api/2.0/mlflow/experiments/get?experiment_id=0',
        `cairn api POST /api/2.0/mlflow/experiments/create -d '{"name": "trial"}'`,
      ),
    )
    .action(async (method: string, path: string, { data }: { data?: string }, command: Command) => {
      const verb = method.toUpperCase()
      if (!METHODS.has(verb)) throw invalid(`Unknown method '${method}'; use ${[...METHODS].join(', ')}.`)
      if (!path.startsWith('/'))
        throw invalid(`The path '${path}' does not start with '/'; write e.g. /health.`)
      const { server, token, fetch } = connect(command)
      const body = data?.startsWith('@') ? readFileSync(data.slice(1), 'utf8') : data
      const headers = {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      }
      const response = await fetch(server + path, {
        method: verb,
        headers,
        ...(body !== undefined && { body }),
      })
      const text = await response.text()
      if (!response.ok) throw responseError(response.status, text)
      if (isWebPage(path, response)) throw notJsonError(response)
      process.stdout.write(forStdout(text.endsWith('\n') ? text : `${text}\n`))
    })

/** APIs return no HTML, except artifacts as downloads: a page comes from another kind of server. */
const isWebPage = (path: string, { headers }: Response) =>
  path.startsWith('/api/') &&
  /^text\/html\b/.test(headers.get('content-type') ?? '') &&
  !headers.has('content-disposition')
