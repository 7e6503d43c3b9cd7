import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { EDIT_EXPERIMENTS, READ_EXPERIMENTS } from '../rights.js'
import { Empty, Int64, Required } from '../wire.js'

const OWN = '/api/cairn/v1/run-views'
const TEAM = '/api/cairn/v1/team-run-views'

const Name = () => Required({ maxLength: 100 })
const State = () =>
  Type.String({
    maxLength: 65_536,
    description: 'The query string of the page, which the server does not read',
  })

/** A named state of the runs table of an experiment: columns, order, filter, grouping, colours and charts. */
export const RunView = Type.Object({
  view_id: Type.String(),
  experiment_id: Type.String(),
  name: Type.String(),
  /** True if all readers of the experiment have it; otherwise only its owner has it. */
  team: Type.Boolean(),
  /** True if the table opens with it. The caller's default takes precedence over the team's. */
  is_default: Type.Boolean(),
  state: Type.String(),
  /** Name of the principal that created it. */
  created_by: Type.String(),
  last_update_time: Int64(),
})
export type RunView = Static<typeof RunView>

const Answer = Type.Object({ view: RunView })
const Created = Type.Object({
  experiment_id: Required(),
  name: Name(),
  state: State(),
  is_default: Type.Optional(Type.Boolean()),
})
const Changed = Type.Object({
  experiment_id: Required(),
  view_id: Required(),
  name: Type.Optional(Name()),
  state: Type.Optional(State()),
  is_default: Type.Optional(Type.Boolean()),
})
const Deleted = Type.Object({ experiment_id: Required(), view_id: Required() })

export const ListRunViews = operation({
  id: 'listRunViews',
  method: 'GET',
  path: OWN,
  summary: 'List the views of the runs of an experiment: those of the caller and those of its team',
  right: READ_EXPERIMENTS,
  input: Type.Object({ experiment_id: Required() }),
  /** The views in the order of their names. */
  output: Type.Object({ views: Type.Array(RunView) }),
})

export const CreateRunView = operation({
  id: 'createRunView',
  method: 'POST',
  path: OWN,
  summary: 'Save a view of the runs of an experiment for the caller',
  right: READ_EXPERIMENTS,
  input: Created,
  output: Answer,
})

export const UpdateRunView = operation({
  id: 'updateRunView',
  method: 'PATCH',
  path: `${OWN}/{view_id}`,
  summary: 'Change a view of the caller',
  right: READ_EXPERIMENTS,
  input: Changed,
  output: Answer,
})

export const DeleteRunView = operation({
  id: 'deleteRunView',
  method: 'DELETE',
  path: `${OWN}/{view_id}`,
  summary: 'Delete a view of the caller',
  right: READ_EXPERIMENTS,
  input: Deleted,
  output: Empty,
})

export const CreateTeamRunView = operation({
  id: 'createTeamRunView',
  method: 'POST',
  path: TEAM,
  summary: 'Save a view of the runs of an experiment for everybody who reads it',
  right: EDIT_EXPERIMENTS,
  input: Created,
  output: Answer,
})

export const UpdateTeamRunView = operation({
  id: 'updateTeamRunView',
  method: 'PATCH',
  path: `${TEAM}/{view_id}`,
  summary: "Change a team's view",
  right: EDIT_EXPERIMENTS,
  input: Changed,
  output: Answer,
})

export const DeleteTeamRunView = operation({
  id: 'deleteTeamRunView',
  method: 'DELETE',
  path: `${TEAM}/{view_id}`,
  summary: "Delete a team's view",
  right: EDIT_EXPERIMENTS,
  input: Deleted,
  output: Empty,
})
