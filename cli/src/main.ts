import { ApiError } from '@cairn/platform/errors'
import { Command, CommanderError } from 'commander'
import { examples } from './client/examples.js'
import { outputOption } from './client/output.js'
import { printNotice } from './client/terminal-text.js'
import { upCommand } from './commands/up.js'
import { exitCodeOf } from './exit-code.js'
import { secretsFromFiles } from './server/secret-files.js'
import { VERSION } from './version.js'

// Stops onnxruntime's telemetry. Set here, because a thread cannot change the environment of the process.
process.env.ORT_DISABLE_TELEMETRY ??= '1'

const program = new Command('cairn')
  .description('A self-hosted MLOps platform that speaks MLflow, Unity Catalog and Databricks Serving')
  .option(
    '--server <url>',
    'server address (default: CAIRN_SERVER, MLFLOW_TRACKING_URI, the server of `cairn login`, http://127.0.0.1:5000)',
  )
  .option(
    '--token <token>',
    'access token (default: CAIRN_TOKEN, MLFLOW_TRACKING_TOKEN, the token of `cairn login`)',
  )
  .version(VERSION)
  .addOption(outputOption())
  .addHelpText('after', examples('cairn up --demo', 'cairn runs list -e /movies', 'cairn help runs export'))
  .showHelpAfterError('(add --help for usage)')
  .exitOverride()

// A server starts with half of the code without the other commands.
const commands = process.argv[2] === 'up' ? [upCommand] : (await import('./all-commands.js')).COMMANDS
for (const command of commands) program.addCommand(command())
inheritSettings(program)

// A closed pipe, as in `cairn runs list | head -1`, is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})

try {
  Object.assign(process.env, secretsFromFiles(process.env))
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) printNotice(describeError(error))
  process.exitCode = exitCodeOf(error)
}

/** Shows a stack trace for bugs only, not for refused requests and failed system calls. */
function describeError(error: unknown): string {
  if (error instanceof ApiError) return error.message
  if (!(error instanceof Error)) return String(error)
  return 'syscall' in error ? error.message : (error.stack ?? error.message)
}

/** Applies `showHelpAfterError`, `exitOverride` and `rejectUnknownHelp` to commands at any depth. */
function inheritSettings(command: Command) {
  rejectUnknownHelp(command)
  for (const child of command.commands) inheritSettings(child.copyInheritedSettings(command) as Command)
}

/** Otherwise commander answers `cairn models nonsense --help` with the help of `models`, as if the command existed. */
function rejectUnknownHelp(command: Command) {
  command.on('beforeHelp', () => {
    const [name = '-'] = command.args
    const isKnown = command.commands.some((child) => child.name() === name || child.aliases().includes(name))
    if (command.commands.length > 0 && !isKnown && !name.startsWith('-'))
      command.error(`error: unknown command '${name}'`)
  })
}
