import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { EDIT_ALL_EXPERIMENTS, MANAGE_EXPERIMENT } from '../rights.js'
import { Empty, Int64, OneOf, Required } from '../wire.js'

/** The kinds in the order of deletion: contained objects before their container. */
export const GARBAGE_KINDS = ['run', 'logged_model', 'trace', 'experiment', 'orphan', 'upload'] as const
export type GarbageKind = (typeof GARBAGE_KINDS)[number]

/** Files of models on the local disk of a server, which `CollectModelCache` deletes. */
export const CACHED_MODEL = 'cached_model'
/** A Python environment of models on that disk, which `CollectModelCache` deletes too. */
export const PYTHON_ENVIRONMENT = 'python_environment'

/** A Python environment of tasks on that disk, which `CollectTaskCache` deletes. */
export const TASK_ENVIRONMENT = 'task_environment'

export const GarbageItem = Type.Object({
  kind: OneOf([...GARBAGE_KINDS, CACHED_MODEL, PYTHON_ENVIRONMENT, TASK_ENVIRONMENT]),
  /** The id of a run, model, trace or experiment, the folder of orphaned files, the kind of upload, or a digest. */
  id: Type.String(),
  name: Type.String(),
  files: Int64(),
  bytes: Int64(),
  /** Why it is kept. */
  kept: Type.Optional(Type.String()),
})
export type GarbageItem = Static<typeof GarbageItem>

export const CollectGarbage = operation({
  id: 'collectGarbage',
  method: 'POST',
  path: '/api/cairn/v1/gc',
  summary: 'List or permanently remove deleted objects and orphaned files, one page of one kind at a time',
  right: { privilege: 'MANAGE', on: 'metastore' },
  input: Type.Object({
    kind: OneOf(GARBAGE_KINDS),
    /** Selects only objects that were deleted or last written longer ago than this. */
    older_than_seconds: Int64({ minimum: 0 }),
    /** Removes the objects; otherwise they are only listed. */
    apply: Type.Optional(Type.Boolean()),
    /** The token of the previous response. */
    page_token: Type.Optional(Type.String()),
  }),
  output: Type.Object({ items: Type.Array(GarbageItem), next_page_token: Type.Optional(Type.String()) }),
})

export const PurgeRuns = operation({
  id: 'purgeRuns',
  method: 'POST',
  path: '/api/cairn/v1/runs/purge',
  summary: 'Permanently remove deleted runs with their metrics and files; a purge cannot be undone',
  right: MANAGE_EXPERIMENT,
  input: Type.Object({
    run_ids: Type.Array(Required({ maxLength: 256 }), { minItems: 1, maxItems: 100 }),
  }),
  output: Type.Object({
    /** Ids of the runs that are gone. */
    purged: Type.Array(Type.String()),
    kept: Type.Array(Type.Object({ run_id: Type.String(), reason: Type.String() })),
  }),
})

export const CollectModelCache = operation({
  id: 'collectModelCache',
  method: 'POST',
  path: '/api/cairn/v1/gc/models',
  summary: 'List or delete cached files of models that no endpoint serves, on the server that responds',
  right: { privilege: 'MANAGE', on: 'metastore' },
  input: Type.Object({
    /** Selects only files that were last loaded longer ago than this. */
    older_than_seconds: Int64({ minimum: 0 }),
    /** Deletes the files; otherwise they are only listed. */
    apply: Type.Optional(Type.Boolean()),
  }),
  output: Type.Object({ items: Type.Array(GarbageItem) }),
})

export const CollectTaskCache = operation({
  ...CollectModelCache,
  id: 'collectTaskCache',
  path: '/api/cairn/v1/gc/tasks',
  summary: 'List or delete Python environments that no task uses, on the server that responds',
})

export const KeepFiles = operation({
  id: 'keepFiles',
  method: 'POST',
  path: '/api/cairn/v1/gc/keep',
  summary:
    'Protect files before they are registered as versions: deleted objects that contain them count as deleted now',
  right: EDIT_ALL_EXPERIMENTS,
  input: Type.Object({ locations: Type.Array(Type.String()) }),
  output: Empty,
})
