import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { OneOf, Required } from '../wire.js'

export const TEAM_ROLES = ['data-engineering', 'modelling', 'web'] as const
export type TeamRole = (typeof TEAM_ROLES)[number]

const Answers = Type.Object({
  teams: Type.Optional(
    Type.Array(Type.Object({ role: OneOf(TEAM_ROLES), name: Required({ maxLength: 255 }) }), {
      maxItems: 50,
      description:
        'The teams to set up: the role and the name of the group. Several teams may have one role, except data-engineering, which owns the schema; default: a team for each role, named like it.',
    }),
  ),
  schema: Type.Optional(
    Type.String({
      maxLength: 511,
      description:
        'catalog.schema of the shared data, which is created if it is missing; default: main.data.',
    }),
  ),
  members_create: Type.Optional(
    Type.Boolean({
      description:
        'Whether everybody may create experiments, models, jobs and endpoints, and own them; default: true.',
    }),
  ),
})
export type TeamAnswers = Static<typeof Answers>

/** A step of the setup. One that is `present` was done before, and is skipped. */
export const TeamStep = Type.Object({
  kind: OneOf(['group', 'catalog', 'schema', 'owner', 'grant'] as const),
  state: OneOf(['new', 'present'] as const),
  /** The group that is created, becomes the owner, or is granted privileges. */
  principal: Type.Optional(Type.String()),
  privileges: Type.Optional(Type.Array(Type.String())),
  securable_type: Type.Optional(Type.String()),
  securable: Type.Optional(Type.String()),
})
export type TeamStep = Static<typeof TeamStep>

const ADMIN = { privilege: 'MANAGE', on: 'metastore' } as const
const Steps = Type.Object({ steps: Type.Array(TeamStep) })

export const PlanTeams = operation({
  id: 'planTeams',
  method: 'POST',
  path: '/api/cairn/v1/teams/plan',
  summary: 'Show what setting up teams would create and grant, without changing anything',
  right: ADMIN,
  scope: 'none',
  input: Answers,
  output: Steps,
})

export const SetUpTeams = operation({
  id: 'setUpTeams',
  method: 'POST',
  path: '/api/cairn/v1/teams',
  summary: 'Create groups for teams, a schema for their data, and their grants; existing ones are skipped',
  right: ADMIN,
  scope: 'none',
  input: Answers,
  output: Steps,
})
