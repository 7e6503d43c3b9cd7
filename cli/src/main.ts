import { ApiError } from '@cairn/platform/errors'
import { Command, CommanderError } from 'commander'
import { outputOption } from './client/output.js'
import { apiCommand } from './commands/api.js'
import { benchCommand } from './commands/bench.js'
import { catalogCommand } from './commands/catalog.js'
import { dataCommand } from './commands/data.js'
import { dbCommand } from './commands/db.js'
import { demoCommand } from './commands/demo.js'
import { doctorCommand } from './commands/doctor.js'
import { endpointsCommand } from './commands/endpoints.js'
import { experimentsCommand } from './commands/experiments.js'
import { gcCommand } from './commands/gc.js'
import { helpCommand } from './commands/help.js'
import { jobsCommand } from './commands/jobs.js'
import { loginCommand, logoutCommand, whoamiCommand } from './commands/login.js'
import { migrateCommand } from './commands/migrate.js'
import { modelsCommand } from './commands/models.js'
import { runsCommand } from './commands/runs.js'
import { syncCommand } from './commands/sync.js'
import { uiCommand } from './commands/ui.js'
import { upCommand } from './commands/up.js'
import { versionCommand } from './commands/version.js'
import { workerCommand } from './commands/worker.js'
import { exitCodeOf } from './exit-code.js'
import { secretsFromFiles } from './server/secret-files.js'
import { VERSION } from './version.js'

// onnxruntime tells its makers of every graph that it loads. It asks the process, whose environment no thread can set.
process.env.ORT_DISABLE_TELEMETRY ??= '1'

const program = new Command('cairn')
  .description('A self-hosted MLOps platform that speaks MLflow, Unity Catalog and Databricks Serving')
  .option(
    '--server <url>',
    'the server (default: CAIRN_SERVER, MLFLOW_TRACKING_URI, what `cairn login` stored, http://127.0.0.1:5000)',
  )
  .option(
    '--token <token>',
    'access token (default: CAIRN_TOKEN, MLFLOW_TRACKING_TOKEN, what `cairn login` stored)',
  )
  .version(VERSION)
  .addOption(outputOption())
  .addHelpText(
    'after',
    '\nExamples:\n  $ cairn up --demo\n  $ cairn runs list -e /movies\n  $ cairn help runs export\n',
  )
  .showHelpAfterError('(add --help for what there is)')
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
  uiCommand,
  benchCommand,
  dbCommand,
  migrateCommand,
  doctorCommand,
  gcCommand,
  workerCommand,
  versionCommand,
  jobsCommand,
  whoamiCommand,
  loginCommand,
  logoutCommand,
  apiCommand,
  helpCommand,
]
for (const command of COMMANDS) program.addCommand(command())
inherit(program)

// `cairn runs list | head -1`: nobody reads on.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})

try {
  Object.assign(process.env, secretsFromFiles(process.env))
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) process.stderr.write(`${sentence(error)}\n`)
  process.exitCode = exitCodeOf(error)
}

/** A defect of this program has a trace; what was refused, by us or by the system (a file that is not there), has none. */
function sentence(error: unknown): string {
  if (error instanceof ApiError) return error.message
  if (!(error instanceof Error)) return String(error)
  return 'syscall' in error ? error.message : (error.stack ?? error.message)
}

/** Commands at any depth say what to do after usage errors, which come here too and have their own exit code. */
function inherit(command: Command) {
  for (const below of command.commands) inherit(below.copyInheritedSettings(command) as Command)
}
