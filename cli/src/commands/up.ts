import { join } from 'node:path'
import type { Config } from '@cairn/platform/config'
import { invalid, messageOf } from '@cairn/platform/errors'
import { Command, Option } from 'commander'
import { sourceOption } from '../demo/source-option.js'
import { loadSettings } from '../server/flags.js'
import { keepFilesPrivate } from '../server/private-files.js'
import type { RunningServer } from '../server/server.js'
import { listensEverywhere } from '../server/server-url.js'
import { untilStopped } from '../server/stop.js'

interface Flags extends Record<string, unknown> {
  demo?: boolean
  once?: boolean
  source?: string
}

/** `cairn up`: the server, with all services or those of `--services`. */
export const upCommand = () =>
  new Command('up')
    .description('Start a server with all services in one process')
    .option('--host <address>', 'address to listen on')
    .option(
      '--port <number>',
      'port to listen on; uses the next free one if it is taken and CAIRN_PUBLIC_URL is not set, or any free one for 0',
    )
    .option('--data <folder>', 'data folder for the embedded database, artifacts and tables')
    .option(
      '--services <names>',
      'comma-separated services to run (default: all): tracking, registry, catalog, serving, workspace, pipelines, web',
    )
    .option('--default-artifact-root <uri>', 'artifact location of new experiments')
    .option('--artifacts-destination <uri>', 'storage of proxied artifacts: a folder or s3://bucket/prefix')
    .option('--database-url <url>', 'postgres://… instead of SQLite in the data folder')
    .option('--demo', 'run the MovieLens demo on the first start')
    .addOption(new Option('--no-demo', 'start without the demo (default)'))
    .option('--once', 'with --demo: stop after the demo; exits with 1 if it failed')
    .addOption(sourceOption('with --demo: '))
    .addHelpText('after', EXAMPLES)
    .action(up)

const EXAMPLES = `
Examples:
  $ cairn up                                      # on http://127.0.0.1:5000, data in ./.cairn
  $ cairn up --port 0 --data /srv/cairn           # any free port
  $ cairn up --database-url postgres://app@db/cairn --artifacts-destination s3://cairn/artifacts
  $ CAIRN_AUTH=required cairn up --host 0.0.0.0   # remote clients need tokens

From Python:
  $ MLFLOW_TRACKING_URI=http://127.0.0.1:5000 python train.py
`

async function up(flags: Flags) {
  if (!flags.demo && (flags.once || flags.source)) throw invalid('--once and --source require --demo.')
  keepFilesPrivate()
  const config = withDemoSource(loadSettings(flags), flags)
  const { startServer } = await import('../server/server.js') // so that other commands start fast
  const server = await startServer(config)
  printNotes(server, config)
  const stopping = new AbortController()
  const stopped = untilStopped(() => {
    stopping.abort()
    return server.drain()
  }, config.drain_timeout * 1000)
  console.log(`Cairn is ready at ${server.url}`)
  if (flags.demo) {
    const succeeded = await demo(server, flags, stopping.signal)
    if (flags.once && !stopping.signal.aborted) {
      await server.close()
      process.exit(succeeded ? 0 : 1)
    }
  }
  await stopped
  if (flags.once) process.exitCode = 1
}

/** Prints notes for the operator on standard error, because standard output is the log. */
function printNotes(server: RunningServer, config: Config) {
  if (server.takenPort) process.stderr.write(`Port ${server.takenPort} is taken; using the next free one.\n`)
  if (server.ownerToken)
    process.stderr.write(
      `The owner's token, shown only once: ${server.ownerToken}\nStore it with \`cairn login ${server.url}\`.\n`,
    )
  if (server.firstAdminUrl)
    process.stderr.write(
      `The first administrator creates an account here, shown only once: ${server.firstAdminUrl}\n`,
    )
  if (server.adminPasswordUrl)
    process.stderr.write(
      `MLflow has published the configured password, and nobody signs in with it. The administrator sets another here, shown only once: ${server.adminPasswordUrl}\n`,
    )
  if (listensEverywhere(config.host) && !config.public_url)
    process.stderr.write(
      'Other machines use the name of this one instead of the local address. Links name it when CAIRN_PUBLIC_URL is set.\n',
    )
}

/** The user that starts the server may let it import the named file. */
function withDemoSource(config: Config, { source }: Flags): Config {
  if (!source) return config
  return { ...config, import_paths: [config.import_paths || join(config.data, 'imports'), source].join(',') }
}

/** A failed demo does not stop the server. */
async function demo(
  { client, url }: RunningServer,
  { source }: Flags,
  stopping: AbortSignal,
): Promise<boolean> {
  const { runDemo } = await import('../demo/demo.js')
  try {
    return await runDemo(client, url, source ? { source } : {}, stopping)
  } catch (error) {
    if (stopping.aborted) {
      process.stderr.write('The demo continues when the server starts again with --demo.\n')
      return false
    }
    process.stderr.write(`The demo failed: ${messageOf(error)}\n`)
    return false
  }
}
