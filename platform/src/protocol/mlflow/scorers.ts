import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { EDIT_EXPERIMENTS, READ_EXPERIMENTS } from '../rights.js'
import { Empty, Int64, Required } from '../wire.js'

const BASE = '/api/3.0/mlflow/scorers'

/** A version of a scorer, serialized by its client. */
export const Scorer = Type.Object({
  /** A number in this object, and a string in others. */
  experiment_id: Type.Integer(),
  scorer_name: Type.String(),
  scorer_version: Type.Integer(),
  serialized_scorer: Type.String(),
  creation_time: Int64(),
  scorer_id: Type.String(),
})
export type Scorer = Static<typeof Scorer>

const This = { experiment_id: Required(), name: Required() }
const List = Type.Object({ scorers: Type.Optional(Type.Array(Scorer)) })
const OneVersion = Type.Object({
  ...This,
  version: Type.Optional(Int64()),
})

export const RegisterScorer = operation({
  id: 'registerScorer',
  method: 'POST',
  path: `${BASE}/register`,
  summary: 'Register a version of a scorer',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({
    experiment_id: Required(),
    name: Required({ maxLength: 256 }),
    serialized_scorer: Required({ description: 'A JSON object' }),
  }),
  output: Type.Object({
    version: Type.Integer(),
    scorer_id: Type.String(),
    experiment_id: Type.String(),
    name: Type.String(),
    serialized_scorer: Type.String(),
    creation_time: Int64(),
  }),
})

export const ListScorers = operation({
  id: 'listScorers',
  method: 'GET',
  path: `${BASE}/list`,
  summary: 'List the latest version of each scorer of an experiment',
  right: READ_EXPERIMENTS,
  input: Type.Object({ experiment_id: Required() }),
  output: List,
})

export const ListScorerVersions = operation({
  id: 'listScorerVersions',
  method: 'GET',
  path: `${BASE}/versions`,
  summary: 'List the versions of a scorer',
  right: READ_EXPERIMENTS,
  input: Type.Object(This),
  output: List,
})

export const GetScorer = operation({
  id: 'getScorer',
  method: 'GET',
  path: `${BASE}/get`,
  summary: 'Get a version of a scorer, by default the latest',
  right: READ_EXPERIMENTS,
  input: OneVersion,
  output: Type.Object({ scorer: Scorer }),
})

export const DeleteScorer = operation({
  id: 'deleteScorer',
  method: 'DELETE',
  path: `${BASE}/delete`,
  summary: 'Delete a version of a scorer, by default all versions',
  right: EDIT_EXPERIMENTS,
  input: OneVersion,
  output: Empty,
})

/** How often a server scores new traces automatically. */
const OnlineScoringConfig = Type.Object({
  online_scoring_config_id: Type.String(),
  scorer_id: Type.String(),
  sample_rate: Type.Number(),
  experiment_id: Type.String(),
  filter_string: Type.Optional(Type.String()),
})

export const ListOnlineScoringConfigs = operation({
  id: 'listOnlineScoringConfigs',
  method: 'GET',
  path: `${BASE}/online-configs`,
  summary: 'List the scorers of new traces; always empty, because they require the AI gateway',
  right: READ_EXPERIMENTS,
  input: Type.Object({ scorer_ids: Type.Array(Type.String(), { minItems: 1 }) }),
  output: Type.Object({ configs: Type.Array(OnlineScoringConfig) }),
})
