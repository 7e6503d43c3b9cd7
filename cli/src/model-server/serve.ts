import { loadConfig, s3Options } from '@cairn/platform/config'
import { invalid } from '@cairn/platform/errors'
import type { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { parseInteger } from '../client/parse-integer.js'
import { listen } from '../server/listen.js'
import { untilStopped } from '../server/stop.js'
import { VERSION } from '../version.js'
import { openModel } from './open-model.js'

interface ServeOptions {
  readonly modelUri: string
  readonly port: number
  readonly host: string
  readonly timeout: number
  readonly workers?: string
  readonly envManager?: string
  readonly conda: boolean
  readonly installMlflow?: boolean
}

/** `cairn models serve`: a drop-in for `mlflow models serve`. */
export function addServe(models: Command) {
  models
    .command('serve')
    .description("Run a server that answers like MLflow's scoring server")
    .addHelpText(
      'after',
      examples(
        'cairn models serve -m models:/movies@champion -p 5001',
        'cairn models serve -m runs:/7aa2…/model -p 5001 --timeout 10',
        'cairn models serve -m ./model -p 5001   # a folder, without any server',
        'CAIRN_PYTHON_MODELS=on cairn models serve -m ./sklearn-model   # executes the code of the model',
        'curl http://127.0.0.1:5001/invocations -H "Content-Type: application/json" -d @request.json',
      ),
    )
    .requiredOption(
      '-m, --model-uri <uri>',
      'models:/NAME/VERSION, models:/NAME@ALIAS, runs:/ID/PATH, mlflow-artifacts:/PATH, s3://BUCKET/PREFIX or a folder',
    )
    .option('-p, --port <number>', 'port to listen on; any free one for 0', parseInteger, 5000)
    .option('-h, --host <address>', 'address to listen on; requests are not authenticated', '127.0.0.1')
    .option('-t, --timeout <seconds>', 'time limit of a request', parseInteger, 60)
    .option('-w, --workers <number>', 'accepted for MLflow, without effect: requests do not block each other')
    .option('--env-manager <name>', 'accepted for MLflow, without effect: see CAIRN_PYTHON_MODELS')
    .option('--no-conda', 'accepted for MLflow, without effect')
    .option('--install-mlflow', 'accepted for MLflow, without effect')
    .helpOption('--help', 'display help for command')
    .action(serve)
}

async function serve(options: ServeOptions, command: Command) {
  if (options.timeout < 1) throw invalid('--timeout must be at least 1 second.')
  for (const note of notes(options)) process.stderr.write(`${note}\n`)
  const config = loadConfig(process.env, { host: '127.0.0.1', auth: 'required' }) // checks for `cairn up` only
  const { createScoringServer } = await import('@cairn/serving/scoring-server/scoring-server')
  const { modelStarter, pythonModels } = await import('@cairn/serving/sidecar/start-model')
  const { digestOfFolder } = await import('@cairn/serving/runtime/folder-digest')
  const { folder, close } = await openModel(options.modelUri, () => connect(command), s3Options(config))
  try {
    const start = modelStarter(pythonModels(config), { deadlineMs: options.timeout * 1000 })
    const model = await start({ folder, digest: await digestOfFolder(folder) }, PROGRESS)
    const app = createScoringServer({
      model,
      version: VERSION,
      allowedHosts: isLoopback(options.host) ? config.allowed_hosts.split(',').filter(Boolean) : ['*'],
      logger: { level: config.log_level },
    })
    const stop = async () => {
      await app.close()
      await model.close()
    }
    const port = await listen(app, options, 1).catch(async (error: unknown) => {
      await stop()
      throw error
    })
    const host = options.host.includes(':') ? `[${options.host}]` : options.host
    const stopped = untilStopped(stop)
    console.log(`Serving ${options.modelUri} at http://${host}:${port}`)
    await stopped
  } finally {
    await close()
  }
}

const print = (line: string) => process.stderr.write(`${line}\n`)
/** Reports the progress of a model that runs in Python. */
const PROGRESS = { onStep: async (sentence: string) => void print(sentence), onLine: print }

const isLoopback = (host: string) => /^(localhost|127(\.\d+){3}|::1)$/i.test(host)

function notes({ host, workers, envManager, conda, installMlflow }: ServeOptions): string[] {
  const environment = [envManager !== undefined && '--env-manager', !conda && '--no-conda'].filter(Boolean)
  return [
    !isLoopback(host) &&
      `Requests are not authenticated: everybody who reaches ${host} can query the model. Use an endpoint of \`cairn up\` to restrict access.`,
    environment.length > 0 &&
      `${environment.join(', ')} has no effect: Cairn itself runs the model. CAIRN_PYTHON_MODELS says how models that need Python run.`,
    workers !== undefined && '--workers has no effect: one thread serves the model, in batches.',
    installMlflow && '--install-mlflow has no effect: no MLflow is needed.',
  ].filter((note): note is string => typeof note === 'string')
}
