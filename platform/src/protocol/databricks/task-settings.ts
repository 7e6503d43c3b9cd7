import Type, { type Static } from 'typebox'
import { AnyJson, OneOf, Required } from '../wire.js'
import { Sweep } from './sweeps.js'
import { Closed, SIMPLE_KINDS, type SimpleKinds } from './task-kinds.js'

export const RUN_IF = [
  'ALL_SUCCESS',
  'ALL_DONE',
  'NONE_FAILED',
  'AT_LEAST_ONE_SUCCESS',
  'ALL_FAILED',
  'AT_LEAST_ONE_FAILED',
] as const
export type RunIf = (typeof RUN_IF)[number]

/** The principal whose rights a job or task has, by default its creator. Another principal requires MANAGE IDENTITIES. */
export const RunAs = Closed({
  user_name: Type.Optional(Required()),
  service_principal_name: Type.Optional(Required()),
})
export type RunAs = Static<typeof RunAs>

/** Returns the schema of a setting that is stored and returned, without an effect. */
export const UnenforcedSetting = () => Type.Optional(Type.Unknown({ 'x-nested': 20 }))

export const WorkerLabels = Type.Array(
  Type.String({
    pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$',
    message: "letters, digits, '_', '-' and '.', at most 63",
  }),
  { maxItems: 20 },
)

const Packages = Closed({ package: Required({ maxLength: 1000 }), repo: Type.Optional(Type.String()) })

export const Library = Closed({
  pypi: Type.Optional(Packages),
  /** Path of a wheel, in the forms of `python_file`. */
  whl: Type.Optional(Required({ maxLength: 2048 })),
  /** Path of a `requirements.txt`, in the forms of `python_file`. */
  requirements: Type.Optional(Required({ maxLength: 2048 })),
  egg: Type.Optional(Type.String()),
  jar: Type.Optional(Type.String()),
  maven: Type.Optional(AnyJson()),
  cran: Type.Optional(AnyJson()),
})
export type Library = Static<typeof Library>

/** Settings of a task that are stored and returned, but that nothing enforces on a server without clusters. */
export const UNENFORCED_TASK_SETTINGS = {
  existing_cluster_id: UnenforcedSetting(),
  new_cluster: UnenforcedSetting(),
  job_cluster_key: UnenforcedSetting(),
  compute: UnenforcedSetting(),
  disable_auto_optimization: UnenforcedSetting(),
  email_notifications: UnenforcedSetting(),
  webhook_notifications: UnenforcedSetting(),
  notification_settings: UnenforcedSetting(),
  health: UnenforcedSetting(),
}

/** An addition to Databricks' API: a task with the same inputs as an earlier one of its job takes over its result. */
export const TaskCache = Closed({
  enabled: Type.Boolean(),
  /** Results older than this are not reused. By default, results of any age are reused. */
  expires_after_seconds: Type.Optional(Type.Integer({ minimum: 1 })),
  /** The tables that the task reads, as `catalog.schema.table`. New versions of them are other inputs. */
  tables: Type.Optional(Type.Array(Required({ maxLength: 1000 }), { maxItems: 100 })),
})
export type TaskCache = Static<typeof TaskCache>

const common = {
  task_key: Type.String({
    pattern: '^[A-Za-z0-9_-]{1,100}$',
    message: "letters, digits, '_' and '-', at most 100",
  }),
  description: Type.Optional(Type.String({ maxLength: 1000 })),
  depends_on: Type.Optional(
    Type.Array(Closed({ task_key: Required(), outcome: Type.Optional(Type.String()) })),
  ),
  run_if: Type.Optional(OneOf(RUN_IF)),
  /** The number of retries after a failure of the task itself; -1 for no limit. Lost workers are counted separately. */
  max_retries: Type.Optional(Type.Integer({ minimum: -1, maximum: 1000 })),
  min_retry_interval_millis: Type.Optional(Type.Integer({ minimum: 0 })),
  retry_on_timeout: Type.Optional(Type.Boolean()),
  /** The time limit; 0 for none. */
  timeout_seconds: Type.Optional(Type.Integer({ minimum: 0 })),
  disabled: Type.Optional(Type.Boolean()),
  cache: Type.Optional(TaskCache),
  /** One of the job's `environments`. */
  environment_key: Type.Optional(Required({ maxLength: 100 })),
  libraries: Type.Optional(Type.Array(Library, { maxItems: 100 })),
  /** One of the job's `environment_variables`. */
  environment_variables_key: Type.Optional(Required({ maxLength: 100 })),
  /** An addition to Databricks' API: environment variables of the task alone. */
  environment_variables: Type.Optional(Type.Record(Type.String(), Type.String())),
  /** An addition to Databricks' API: only a worker over HTTP with all of these labels runs the task. */
  worker_labels: Type.Optional(WorkerLabels),
  /** An addition to Databricks' API: a task may act as another principal than its job. */
  run_as: Type.Optional(RunAs),
  ...UNENFORCED_TASK_SETTINGS,
}

const simpleKinds = Object.fromEntries(
  Object.entries(SIMPLE_KINDS).map(([kind, schema]) => [kind, Type.Optional(schema)]),
) as unknown as {
  [Kind in keyof typeof SIMPLE_KINDS]: Type.TOptional<(typeof SIMPLE_KINDS)[Kind]>
}

/** Runs its task once for each input, or for each trial of a sweep. Loops are not nested. */
export const ForEachTask = Closed({
  /** A list in JSON, or a reference to one. */
  inputs: Type.Optional(Required({ maxLength: 1_000_000 })),
  sweep: Type.Optional(Sweep),
  concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  task: Closed({ ...common, ...simpleKinds }),
})

/**
 * A task, whose kind is that of the one field it has. Strings in its settings, but not code, may contain the references
 * `{{job.parameters.x}}`, `{{tasks.key.values.name}}`, `{{run.id}}`, `{{job.id}}`, `{{task.name}}` and `{{task.run_id}}`.
 */
export const taskFields = { ...common, ...simpleKinds, for_each_task: Type.Optional(ForEachTask) }
export const TaskSettings = Closed(taskFields)
export type TaskSettings = Static<typeof TaskSettings>

/** The settings of every kind of task by the name of its field. */
export type TaskKinds = SimpleKinds & { for_each_task: Static<typeof ForEachTask> }
export type TaskKindName = keyof TaskKinds

export const TASK_KINDS = [...Object.keys(SIMPLE_KINDS), 'for_each_task'] as readonly TaskKindName[]

/** Returns the fields of kinds that a task has, which is one unless the task is invalid. */
export const kindsOf = (task: Partial<Pick<TaskSettings, TaskKindName>>): TaskKindName[] =>
  TASK_KINDS.filter((kind) => task[kind] !== undefined)
