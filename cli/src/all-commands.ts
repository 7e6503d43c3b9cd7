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

/** All commands, in the order of the help. */
export const COMMANDS = [
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
