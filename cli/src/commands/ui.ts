import { invalid } from '@cairn/platform/errors'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { plainAnswer } from '../client/plain-answer.js'
import { openBundle } from '../mlflow-ui/bundle.js'
import { serveUi } from '../mlflow-ui/serve.js'
import { untilStopped } from '../server/stop.js'

const DEFAULT_PORT = 5001

export const uiCommand = () =>
  new Command('ui')
    .description('other dashboards on a Cairn server')
    .addHelpText('afterAll', EXAMPLES)
    .addCommand(
      new Command('mlflow')
        .description("MLflow's own UI, from its wheel, on this machine")
        .requiredOption('--from <path>', 'a wheel of mlflow, or a folder where mlflow is installed')
        .option('--port <number>', `port on 127.0.0.1, 0 for any free one (default: ${DEFAULT_PORT})`)
        .action(ui),
    )

const EXAMPLES = `
The UI comes from MLflow's wheel, which Cairn does not contain; the data from the server, with your token.

Examples:
  $ pip download mlflow --no-deps && cairn ui mlflow --from mlflow-3.17.2-py3-none-any.whl
  $ cairn ui mlflow --from .venv                        where mlflow is installed
  $ cairn --server https://cairn.example.org ui mlflow --from .venv --port 8080
`

async function ui({ from, port }: { from: string; port?: string }, command: Command) {
  const { server, token, fetch } = connect(command)
  const bundle = await openBundle(from)
  await plainAnswer(await fetch(`${server}/health`, {}))
  const served = await serveUi(bundle, { server, token }, portFrom(port))
  console.log(`MLflow's UI is ready at ${served.url}`)
  await untilStopped(() => served.close())
}

function portFrom(text: string | undefined): number {
  const port = Number(text ?? DEFAULT_PORT)
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw invalid(`--port takes a number from 0 to 65535, not '${text}'.`)
  return port
}
