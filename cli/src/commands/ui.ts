import { invalid } from '@cairn/platform/errors'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { plainText } from '../client/plain-text.js'
import { serveUi } from '../mlflow-ui/serve.js'
import { openUiFiles } from '../mlflow-ui/ui-files.js'
import { untilStopped } from '../server/stop.js'

const DEFAULT_PORT = 5001

/** `cairn ui mlflow`: runs the UI of an installed MLflow on the data of a Cairn server. */
export const uiCommand = () =>
  new Command('ui')
    .description('Run other user interfaces on a Cairn server')
    .addHelpText('after', examples('cairn ui mlflow --from .venv'))
    .addCommand(
      new Command('mlflow')
        .description("Run MLflow's UI on this machine, from its wheel")
        .requiredOption('--from <path>', 'mlflow wheel, or a folder where mlflow is installed')
        .option('--port <number>', `port on 127.0.0.1; 0 for any free port (default: ${DEFAULT_PORT})`)
        .addHelpText('after', EXAMPLES)
        .action(ui),
    )

const EXAMPLES = `
The UI is read from MLflow's wheel, which Cairn does not include. It shows the data of the server, with your token.

Examples:
  $ pip download mlflow --no-deps && cairn ui mlflow --from mlflow-3.17.2-py3-none-any.whl
  $ cairn ui mlflow --from .venv                        # mlflow is installed there
  $ cairn --server https://cairn.example.org ui mlflow --from .venv --port 8080
`

async function ui({ from, port }: { from: string; port?: string }, command: Command) {
  const { server, token, fetch } = connect(command)
  const files = await openUiFiles(from)
  await plainText(await fetch(`${server}/health`, {}))
  const served = await serveUi(files, { server, token }, portFrom(port))
  const stopped = untilStopped(() => served.close())
  console.log(`MLflow's UI is ready at ${served.url}`)
  await stopped
}

function portFrom(text: string | undefined): number {
  const port = Number(text ?? DEFAULT_PORT)
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw invalid(`'${text}' is not a port; --port takes an integer from 0 to 65535.`)
  return port
}
