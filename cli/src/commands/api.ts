import { readFileSync } from 'node:fs'
import { ApiError, invalid, isErrorCode } from '@cairn/platform/errors'
import { notJson } from '@cairn/platform/protocol/answer'
import { Command } from 'commander'
import { connect } from '../client/connect.js'

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])

export const apiCommand = () =>
  new Command('api')
    .description('send one request to any endpoint and print the answer')
    .argument('<method>', 'GET, POST, PUT, PATCH or DELETE')
    .argument('<path>', 'e.g. /api/2.0/mlflow/experiments/get?experiment_id=0')
    .option('-d, --data <body>', 'a JSON body, or @FILE')
    .addHelpText('after', EXAMPLES)
    .action(async (method: string, path: string, { data }: { data?: string }, command: Command) => {
      const verb = method.toUpperCase()
      if (!METHODS.has(verb))
        throw invalid(`The method is one of ${[...METHODS].join(', ')}, not '${method}'.`)
      if (!path.startsWith('/')) throw invalid(`The path starts with /, as in /health: '${path}' does not.`)
      const { server, token, fetch } = connect(command)
      const body = data?.startsWith('@') ? readFileSync(data.slice(1), 'utf8') : data
      const headers = {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      }
      const answer = await fetch(server + path, {
        method: verb,
        headers,
        ...(body !== undefined && { body }),
      })
      const text = await answer.text()
      if (!answer.ok) throw failure(answer.status, text)
      if (isStranger(path, answer)) throw notJson(answer)
      process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
    })

/** No API answers with a page; artifacts may be HTML, and come as downloads. */
const isStranger = (path: string, { headers }: Response) =>
  path.startsWith('/api/') &&
  /^text\/html\b/.test(headers.get('content-type') ?? '') &&
  !headers.has('content-disposition')

function failure(status: number, text: string): ApiError {
  try {
    const { error_code, message } = JSON.parse(text)
    return new ApiError(isErrorCode(error_code) ? error_code : 'INTERNAL_ERROR', message)
  } catch {
    return new ApiError('INTERNAL_ERROR', `The server answered ${status}: ${text.slice(0, 500)}`)
  }
}

const EXAMPLES = `
Examples:
  $ cairn api GET /api/2.0/mlflow/experiments/get?experiment_id=0
  $ cairn api POST /api/2.0/mlflow/experiments/create -d '{"name": "trial"}'
`
