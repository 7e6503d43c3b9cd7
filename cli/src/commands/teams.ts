import { ApiError } from '@cairn/platform/errors'
import {
  PlanTeams,
  SetUpTeams,
  TEAM_ROLES,
  type TeamAnswers,
  type TeamStep,
} from '@cairn/platform/protocol/cairn/teams'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { printRows } from '../client/output.js'
import { askTeams, confirm } from '../teams/questions.js'

/** `cairn teams`: sets up the groups and grants of a new team server. */
export function teamsCommand() {
  const teams = new Command('teams')
    .description('Set up teams with their groups and grants')
    .addHelpText('after', examples('cairn teams init', 'cairn teams init --dry-run'))
  addInit(teams)
  return teams
}

interface InitOptions {
  team?: string[]
  schema?: string
  membersCreate: boolean
  dryRun?: boolean
  yes?: boolean
}

function addInit(teams: Command) {
  teams
    .command('init')
    .description('Create the groups of teams, a schema for their data, and their grants; skip what exists')
    .addHelpText(
      'after',
      examples(
        'cairn teams init   # three questions',
        'cairn teams init --yes --schema lake.shared --team modelling=science web',
        'cairn teams init --yes --team data-engineering modelling=search modelling=ads   # two teams of a role',
        'cairn teams init --dry-run',
      ),
    )
    .option('--team <role...>', `the teams to set up, as ROLE or ROLE=GROUP: ${TEAM_ROLES.join(', ')}`)
    .option('--schema <catalog.schema>', 'the schema of the shared data (default: main.data)')
    .option('--no-members-create', 'do not let everybody create experiments, models, jobs and endpoints')
    .option('--dry-run', 'only show what would be created and granted')
    .option('--yes', 'do not ask')
    .action(async (options: InitOptions, command) => {
      const { call } = connect(command)
      const asks = !options.yes && !options.dryRun
      if (asks && !process.stdin.isTTY)
        throw new ApiError(
          'INVALID_PARAMETER_VALUE',
          'This is not a terminal: add --yes, or --dry-run to see the plan.',
        )
      const answers = asks ? await askTeams(answersOf(options)) : answersOf(options)
      const { steps } = await call(PlanTeams, answers)
      const isDone = steps.every(({ state }) => state === 'present')
      if (options.dryRun || isDone) return print(command, steps)
      if (asks) {
        print(command, steps)
        if (!(await confirm('Set this up?'))) return
      }
      print(command, (await call(SetUpTeams, answers)).steps)
    })
}

function answersOf({ team, schema, membersCreate }: InitOptions): TeamAnswers {
  const teams = team?.map((text) => {
    const [role = '', name = role] = text.split('=')
    return { role: role as (typeof TEAM_ROLES)[number], name }
  })
  return { ...(teams && { teams }), ...(schema && { schema }), members_create: membersCreate }
}

const print = (command: Command, steps: readonly TeamStep[]) =>
  printRows(command, steps, {
    state: ({ state }) => (state === 'new' ? 'new' : 'exists'),
    what: describeStep,
  })

function describeStep({ kind, principal, privileges = [], securable_type, securable }: TeamStep): string {
  if (kind === 'group') return `group ${principal}`
  if (kind === 'owner') return `${principal} owns ${securable_type} ${securable}`
  if (kind === 'grant') return `${principal} gets ${privileges.join(', ')} on ${securable_type} ${securable}`
  return `${kind} ${securable}`
}
