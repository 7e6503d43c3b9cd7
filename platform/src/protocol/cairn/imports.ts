import Type, { type Static } from 'typebox'
import { LoggedModelStatus } from '../mlflow/logged-models.js'
import { Dataset, DatasetInput, ModelInput, ModelOutput, RunStatus } from '../mlflow/runs.js'
import { TraceInfo } from '../mlflow/traces.js'
import { operation } from '../operation.js'
import { READ_EXPERIMENTS } from '../rights.js'
import { Int64, KeyValue, OneOf, Required } from '../wire.js'
import { CommentBody, MAX_COMMENTS } from './run-comments.js'

const BASE = '/api/cairn/v1/import'
/** The right to import, which sets ids, numbers, users and times, and moves aliases without the promotion gate. */
const MANAGE = { privilege: 'MANAGE', on: 'metastore' } as const

/** The right to import users, which creates accounts and sets passwords. Each permission needs MANAGE on its object. */
const MANAGE_IDENTITIES = { privilege: 'MANAGE IDENTITIES', on: 'metastore' } as const

/** The number of points of a history in a request. A run with more is sent in several requests, all but the last with `more`. */
export const MAX_IMPORTED_POINTS = 10_000
const MAX_IMPORTED_SPANS = 100_000

/** The tag with the original id of a run that was imported under another id. */
export const IMPORTED_RUN_ID = 'cairn.import.run_id'

const Stage = OneOf(['active', 'deleted'])
const Location = Type.String({ maxLength: 2048 })

/** The result of an import. `derived` objects have another id, because the original one exists already. */
const Outcome = OneOf(['created', 'merged', 'derived'])

export const ImportedExperiment = Type.Object({
  /** The original id, which is kept if it is a number and not in use. */
  experiment_id: Type.Optional(Type.String()),
  /**
   * The id on this server from an earlier import. Merges into that experiment, even if it was renamed, and overwrites its tags.
   */
  known_as: Type.Optional(Type.String()),
  name: Required({ maxLength: 500 }),
  artifact_location: Type.Optional(Location),
  lifecycle_stage: Type.Optional(Stage),
  creation_time: Type.Optional(Int64()),
  last_update_time: Type.Optional(Int64()),
  tags: Type.Optional(Type.Array(KeyValue)),
})
export type ImportedExperiment = Static<typeof ImportedExperiment>

export const ImportExperiment = operation({
  id: 'importExperiment',
  method: 'POST',
  path: `${BASE}/experiments`,
  summary:
    'Import an experiment with its times; an existing one with the same name is restored and gets its missing tags',
  right: MANAGE,
  input: ImportedExperiment,
  output: Type.Object({ experiment_id: Type.String(), artifact_location: Type.String(), outcome: Outcome }),
})

/** A value of a history: a number, or NaN or an infinity as a string. */
const Point = Type.Object({
  key: Required(),
  value: Type.Number(),
  timestamp: Int64(),
  step: Type.Optional(Int64()),
})

/** MLflow stores data sets without a name, digest or source, which `log-inputs` refuses here. */
const ImportedDatasetInput = Type.Object({
  ...DatasetInput.properties,
  dataset: Type.Object({
    ...Dataset.properties,
    name: Type.String(),
    digest: Type.String(),
    source_type: Type.String(),
    source: Type.String(),
  }),
})

/** A comment with its author by name. */
export const ImportedComment = Type.Object({
  comment_id: Required({ maxLength: 64 }),
  body: CommentBody(),
  author: Required({ maxLength: 256 }),
  created_at: Int64({ minimum: 0 }),
  updated_at: Int64({ minimum: 0 }),
})
export type ImportedComment = Static<typeof ImportedComment>

export const ImportedRun = Type.Object({
  run_id: Type.String({ minLength: 1, pattern: '^[a-zA-Z0-9][\\w\\-]{0,255}$' }),
  experiment_id: Required(),
  run_name: Type.Optional(Type.String()),
  user_id: Type.Optional(Type.String()),
  status: RunStatus,
  start_time: Int64(),
  end_time: Type.Optional(Int64()),
  lifecycle_stage: Type.Optional(Stage),
  /** The default is a folder below the location of the experiment. */
  artifact_uri: Type.Optional(Location),
  params: Type.Optional(Type.Array(KeyValue)),
  tags: Type.Optional(Type.Array(KeyValue)),
  metrics: Type.Optional(Type.Array(Point, { maxItems: MAX_IMPORTED_POINTS })),
  dataset_inputs: Type.Optional(Type.Array(ImportedDatasetInput)),
  model_inputs: Type.Optional(Type.Array(ModelInput)),
  model_outputs: Type.Optional(Type.Array(ModelOutput)),
  comments: Type.Optional(Type.Array(ImportedComment, { maxItems: MAX_COMMENTS })),
  /** True if further metrics or comments follow. The run counts as deleted until the last request. */
  more: Type.Optional(Type.Boolean()),
})
export type ImportedRun = Static<typeof ImportedRun>

export const ImportRun = operation({
  id: 'importRun',
  method: 'POST',
  path: `${BASE}/runs`,
  summary: 'Import a run under its own id, atomically and idempotently',
  right: MANAGE,
  input: ImportedRun,
  output: Type.Object({ run_id: Type.String(), artifact_uri: Type.String(), outcome: Outcome }),
})

/** A parameter or tag of a logged model. MLflow also stores those with an empty key. */
const ModelEntry = Type.Object({ key: Type.String(), value: Type.Optional(Type.String()) })

export const ImportedLoggedModel = Type.Object({
  model_id: Type.String({ minLength: 1, pattern: '^m-[\\w\\-]{1,250}$' }),
  experiment_id: Required(),
  name: Required(),
  status: LoggedModelStatus,
  creation_timestamp_ms: Int64(),
  last_updated_timestamp_ms: Int64(),
  lifecycle_stage: Type.Optional(Stage),
  artifact_uri: Type.Optional(Location),
  status_message: Type.Optional(Type.String()),
  model_type: Type.Optional(Type.String()),
  source_run_id: Type.Optional(Type.String()),
  params: Type.Optional(Type.Array(ModelEntry)),
  tags: Type.Optional(Type.Array(ModelEntry)),
  metrics: Type.Optional(
    Type.Array(
      Type.Object({
        ...Point.properties,
        run_id: Required(),
        dataset_name: Type.Optional(Type.String()),
        dataset_digest: Type.Optional(Type.String()),
      }),
      { maxItems: MAX_IMPORTED_POINTS },
    ),
  ),
})
export type ImportedLoggedModel = Static<typeof ImportedLoggedModel>

export const ImportLoggedModel = operation({
  id: 'importLoggedModel',
  method: 'POST',
  path: `${BASE}/logged-models`,
  summary: 'Import a logged model under its own id, atomically and idempotently',
  right: MANAGE,
  input: ImportedLoggedModel,
  output: Type.Object({ model_id: Type.String(), artifact_uri: Type.String(), outcome: Outcome }),
})

export const ImportedTrace = Type.Object({
  trace: Type.Object({ trace_info: TraceInfo }),
  /** Each span as JSON text in the format of MLflow's `traces.json`, because its integers are too large for JavaScript. */
  spans: Type.Optional(Type.Array(Type.String(), { maxItems: MAX_IMPORTED_SPANS })),
  /** The ids of linked runs; `prompts` has `name/version` of linked prompts. */
  runs: Type.Optional(Type.Array(Type.String())),
  prompts: Type.Optional(Type.Array(Type.String())),
})
export type ImportedTrace = Static<typeof ImportedTrace>

export const ImportTrace = operation({
  id: 'importTrace',
  method: 'POST',
  path: `${BASE}/traces`,
  summary:
    'Import a trace under its own id with spans, assessments and links; may be repeated, also with more content',
  right: MANAGE,
  input: ImportedTrace,
  output: Type.Object({ trace_id: Type.String(), outcome: Outcome }),
})

export const ImportedVersion = Type.Object({
  version: Int64({ minimum: 1 }),
  creation_timestamp: Int64(),
  last_updated_timestamp: Int64(),
  user_id: Type.Optional(Type.String()),
  /** The stage. `Deleted_Internal` only reserves the number. */
  current_stage: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  source: Type.Optional(Type.String({ maxLength: 8192 })),
  run_id: Type.Optional(Type.String()),
  run_link: Type.Optional(Type.String()),
  model_id: Type.Optional(Type.String()),
  tags: Type.Optional(Type.Array(KeyValue)),
})
export type ImportedVersion = Static<typeof ImportedVersion>

export const ImportedModel = Type.Object({
  name: Required(),
  creation_timestamp: Int64(),
  last_updated_timestamp: Int64(),
  user_id: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  tags: Type.Optional(Type.Array(KeyValue)),
  versions: Type.Optional(Type.Array(ImportedVersion, { maxItems: 1000 })),
  aliases: Type.Optional(Type.Array(Type.Object({ alias: Required(), version: Int64({ minimum: 1 }) }))),
})
export type ImportedModel = Static<typeof ImportedModel>

export const ImportRegisteredModel = operation({
  id: 'importRegisteredModel',
  method: 'POST',
  path: `${BASE}/registered-models`,
  summary: 'Import a registered model with versions under their own numbers, atomically and idempotently',
  right: MANAGE,
  input: ImportedModel,
  output: Type.Object({ name: Type.String(), versions: Type.Integer(), outcome: Outcome }),
})

const Digested = Type.Object({ count: Type.Integer(), digest: Type.String() })

/** The content of a run by kind: a count, and a digest that does not depend on the order (`run-digest.ts`). */
export const RunDigest = Type.Object({
  run_id: Type.String(),
  info: Type.String(),
  params: Digested,
  tags: Digested,
  metrics: Digested,
  inputs: Digested,
})
export type RunDigest = Static<typeof RunDigest>

export const DigestRuns = operation({
  id: 'digestRuns',
  method: 'POST',
  path: '/api/cairn/v1/runs/digests',
  summary: 'Get the content of runs as counts and digests; missing runs are omitted',
  right: READ_EXPERIMENTS,
  input: Type.Object({ run_ids: Type.Array(Type.String(), { minItems: 1, maxItems: 100 }) }),
  output: Type.Object({ runs: Type.Array(RunDigest) }),
})

/** The content of a trace by kind. `info` is everything but its spans, assessments and links. */
export const TraceDigest = Type.Object({
  trace_id: Type.String(),
  info: Type.String(),
  spans: Digested,
  assessments: Digested,
  links: Digested,
})
export type TraceDigest = Static<typeof TraceDigest>

export const DigestTraces = operation({
  id: 'digestTraces',
  method: 'POST',
  path: '/api/cairn/v1/traces/digests',
  summary: 'Get the content of traces as counts and digests; missing traces are omitted',
  right: READ_EXPERIMENTS,
  input: Type.Object({ trace_ids: Type.Array(Type.String(), { minItems: 1, maxItems: 100 }) }),
  output: Type.Object({ traces: Type.Array(TraceDigest) }),
})

export const IMPORTED_ARTIFACTS = BASE

/** Returns the path of a file. `PUT` stores the body as the file, and the response describes the stored file. */
export const importedArtifactPath = (owner: 'runs' | 'logged-models', id: string, path: string) =>
  `${IMPORTED_ARTIFACTS}/${owner}/${encodeURIComponent(id)}/artifacts/${path.split('/').map(encodeURIComponent).join('/')}`

export interface StoredArtifact {
  readonly size: number
  readonly sha256: string
}

const ImportedPermission = Type.Object({
  resource_type: Required({ maxLength: 100 }),
  /** The id of an experiment on this server, the name of a registered model, or `*`. */
  resource_id: Required(),
  permission: Required({ maxLength: 100 }),
})
const Permissions = Type.Array(ImportedPermission, { maxItems: 100_000 })
/** A sentence for each part that was not imported. */
const LeftOut = Type.Array(Type.String())

export const ImportUser = operation({
  id: 'importUser',
  method: 'POST',
  path: `${BASE}/users`,
  summary: 'Import a user with the hash of its password and its permissions on experiments and models',
  right: MANAGE_IDENTITIES,
  scope: 'none',
  input: Type.Object({
    name: Required({ maxLength: 255 }),
    /** In werkzeug's format. An account keeps its password, unless an import created it and `replace_password` is set. */
    password_hash: Type.Optional(Type.String({ maxLength: 1024 })),
    replace_password: Type.Optional(Type.Boolean()),
    /** True if the user is an administrator; by default as before. */
    is_admin: Type.Optional(Type.Boolean()),
    permissions: Permissions,
  }),
  output: Type.Object({ outcome: Outcome, left_out: LeftOut }),
})

export const ImportRole = operation({
  id: 'importRole',
  method: 'POST',
  path: `${BASE}/roles`,
  summary: 'Import a role as a group, with its users and its permissions on experiments and models',
  right: MANAGE_IDENTITIES,
  scope: 'none',
  input: Type.Object({
    name: Required({ maxLength: 255 }),
    description: Type.Optional(Type.String({ maxLength: 255 })),
    users: Type.Array(Required({ maxLength: 255 }), { maxItems: 100_000 }),
    permissions: Permissions,
  }),
  output: Type.Object({ outcome: Outcome, left_out: LeftOut }),
})
