import { loadConfig } from '@cairn/platform/config'
import { invalid, messageOf } from '@cairn/platform/errors'
import { Command, Option } from 'commander'
import { sourceOption } from '../demo/source-option.js'
import { settingsOf } from '../server/flags.js'
import { type RunningServer, startServer } from '../server/server.js'
import { untilStopped } from '../server/stop.js'

interface Flags extends Record<string, unknown> {
  demo?: boolean
  once?: boolean
  source?: string
}

export const upCommand = () =>
  new Command('up')
    .description('start a server: all services in one process, on embedded defaults')
    .option('--host <address>', 'address to listen on')
    .option('--port <number>', 'port to listen on; a taken one gives way to the next free one, 0 takes any')
    .option('--data <folder>', 'folder of the embedded database, artifacts and tables')
    .option(
      '--services <names>',
      'only these, comma-separated: tracking, registry, catalog, serving, pipelines, web',
    )
    .option('--default-artifact-root <uri>', 'artifact location of new experiments')
    .option(
      '--artifacts-destination <uri>',
      'where proxied artifacts are stored: a folder or s3://bucket/prefix',
    )
    .option('--database-url <url>', 'postgres://… instead of SQLite in the data folder')
    .option('--demo', 'run the MovieLens demo on the first start')
    .addOption(new Option('--no-demo', 'start empty (the default)'))
    .option('--once', 'with --demo: stop when the demo is done; the exit code says whether it succeeded')
    .addOption(sourceOption('with --demo: '))
    .addHelpText('after', EXAMPLES)
    .action(up)

const EXAMPLES = `
Examples:
  $ cairn up                                   a server on http://127.0.0.1:5000, data in ./.cairn
  $ cairn up --port 0 --data /srv/cairn        any free port
  $ cairn up --database-url postgres://app@db/cairn --artifacts-destination s3://cairn/artifacts
  $ CAIRN_AUTH=required cairn up --host 0.0.0.0   reachable by others, who need tokens

From Python:
  $ MLFLOW_TRACKING_URI=http://127.0.0.1:5000 python train.py
`

async function up(flags: Flags) {
  if (!flags.demo && (flags.once || flags.source)) throw invalid('--once and --source go with --demo.')
  const config = loadConfig(process.env, settingsOf(flags))
  const server = await startServer(config)
  if (server.instead) process.stderr.write(`Port ${server.instead} is taken; using the next free one.\n`)
  if (server.ownerToken)
    process.stderr.write(
      `The owner's token, shown this once: ${server.ownerToken}\nStore it with \`cairn login ${server.url}\`.\n`,
    )
  console.log(`Cairn is ready at ${server.url}`)
  const stopped = untilStopped(() => server.close())
  if (flags.demo) {
    const succeeded = await demo(server, flags)
    if (flags.once) {
      await server.close()
      process.exit(succeeded ? 0 : 1)
    }
  }
  await stopped
}

/** A demo that fails leaves the server serving, with the sentence that says what to do. */
async function demo({ client, url }: RunningServer, { source }: Flags): Promise<boolean> {
  const { runDemo } = await import('../demo/demo.js')
  try {
    return await runDemo(client, url, source ? { source } : {})
  } catch (error) {
    process.stderr.write(`The demo could not go on: ${messageOf(error)}\n`)
    return false
  }
}
