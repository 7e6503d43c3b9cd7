import { ApiError } from '@cairn/platform/errors'
import { Command, CommanderError } from 'commander'
import { examples } from './client/examples.js'
import { outputOption } from './client/output.js'
import { accessCommand } from './commands/access.js'
import { alertsCommand } from './commands/alerts.js'
import { apiCommand } from './commands/api.js'
import { auditCommand } from './commands/audit.js'
import { benchCommand } from './commands/bench.js'
import { bundleCommand } from './commands/bundle.js'
import { catalogCommand } from './commands/catalog.js'
import { dataCommand } from './commands/data.js'
import { dbCommand } from './commands/db.js'
import { demoCommand } from './commands/demo.js'
import { doctorCommand } from './commands/doctor.js'
import { endpointsCommand } from './commands/endpoints.js'
import { experimentsCommand } from './commands/experiments.js'
import { gcCommand } from './commands/gc.js'
import { groupsCommand } from './commands/groups.js'
import { helpCommand } from './commands/help.js'
import { jobsCommand } from './commands/jobs.js'
import { loginCommand, logoutCommand, whoamiCommand } from './commands/login.js'
import { migrateCommand } from './commands/migrate.js'
import { modelsCommand } from './commands/models.js'
import { runsCommand } from './commands/runs.js'
import { secretsCommand } from './commands/secrets.js'
import { servicePrincipalsCommand } from './commands/service-principals.js'
import { syncCommand } from './commands/sync.js'
import { teamsCommand } from './commands/teams.js'
import { tokensCommand } from './commands/tokens.js'
import { uiCommand } from './commands/ui.js'
import { upCommand } from './commands/up.js'
import { usersCommand } from './commands/users.js'
import { versionCommand } from './commands/version.js'
import { workerCommand } from './commands/worker.js'
import { workersCommand } from './commands/workers.js'
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

const COMMANDS = [
  upCommand,
  demoCommand,
  dataCommand,
  experimentsCommand,
  runsCommand,
  syncCommand,
  modelsCommand,
  endpointsCommand,
  catalogCommand,
  usersCommand,
  groupsCommand,
  servicePrincipalsCommand,
  tokensCommand,
  secretsCommand,
  teamsCommand,
  accessCommand,
  alertsCommand,
  auditCommand,
  uiCommand,
  benchCommand,
  dbCommand,
  migrateCommand,
  doctorCommand,
  gcCommand,
  workerCommand,
  workersCommand,
  versionCommand,
  jobsCommand,
  bundleCommand,
  whoamiCommand,
  loginCommand,
  logoutCommand,
  apiCommand,
  helpCommand,
]
for (const command of COMMANDS) program.addCommand(command())
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
  if (!(error instanceof CommanderError)) process.stderr.write(`${describeError(error)}\n`)
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
