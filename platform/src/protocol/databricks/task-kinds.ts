import Type, { type Static, type TSchema } from 'typebox'
import { Id } from '../ids.js'
import { AnyJson, OneOf, Required } from '../wire.js'

const Text = () => Type.Optional(Type.String())
const Flag = () => Type.Optional(Type.Boolean())
const Texts = () => Type.Optional(Type.Array(Type.String(), { maxItems: 1000 }))
const TextMap = () => Type.Optional(Type.Record(Type.String(), Type.String()))
const WarehouseId = Text

/** Returns a schema that rejects unknown fields, because nothing would keep or enforce them. */
export const Closed = <const Fields extends Record<string, TSchema>>(fields: Fields) =>
  Type.Object(fields, { 'x-closed': true })

const Source = () => Type.Optional(OneOf(['WORKSPACE', 'GIT']))

/** An addition to Databricks' kinds: a task that ships with the server (`entry`), or a script for Node (`file`). */
export const NodeTask = Closed({
  entry: Type.Optional(Required({ maxLength: 200 })),
  /** A JavaScript or TypeScript file; see `python_file` for its forms. */
  file: Type.Optional(Required({ maxLength: 2048 })),
  source: Source(),
  /** Named values for an entry, arguments for a file. */
  parameters: Type.Optional(
    Type.Unsafe<Record<string, unknown> | string[]>({
      anyOf: [
        { type: 'object', additionalProperties: AnyJson() },
        { type: 'array', items: { type: 'string' }, maxItems: 1000 },
      ],
    }),
  ),
})

/** An addition to Databricks' kinds: a script for `sh`, inline or as a file. */
export const ShellTask = Closed({
  script: Type.Optional(Required({ maxLength: 64_000 })),
  file: Type.Optional(Required({ maxLength: 2048 })),
  source: Source(),
  parameters: Texts(),
})

export const SparkPythonTask = Closed({
  /** The name of one of the job's `files`, or `file:/…` on the server. */
  python_file: Required({ maxLength: 2048 }),
  parameters: Texts(),
  source: Source(),
})

export const PythonWheelTask = Closed({
  package_name: Required({ maxLength: 200 }),
  entry_point: Required({ maxLength: 200 }),
  named_parameters: TextMap(),
  parameters: Texts(),
})

export const NotebookTask = Closed({
  notebook_path: Required({ maxLength: 2048 }),
  base_parameters: TextMap(),
  source: Source(),
  warehouse_id: WarehouseId(),
})

const SqlSubscription = Closed({ destination_id: Text(), user_name: Text() })

export const SqlTask = Closed({
  warehouse_id: WarehouseId(),
  parameters: TextMap(),
  /** An addition to Databricks' API: `query_text`, a statement in place of a stored query. */
  query: Type.Optional(Closed({ query_id: Text(), query_text: Text() })),
  file: Type.Optional(Closed({ path: Required({ maxLength: 2048 }), source: Source() })),
  alert: Type.Optional(
    Closed({
      alert_id: Required(),
      pause_subscriptions: Flag(),
      subscriptions: Type.Optional(Type.Array(SqlSubscription)),
    }),
  ),
  dashboard: Type.Optional(
    Closed({
      dashboard_id: Required(),
      custom_subject: Text(),
      pause_subscriptions: Flag(),
      subscriptions: Type.Optional(Type.Array(SqlSubscription)),
    }),
  ),
})

export const CONDITION_OPERATORS = [
  'EQUAL_TO',
  'NOT_EQUAL',
  'GREATER_THAN',
  'GREATER_THAN_OR_EQUAL',
  'LESS_THAN',
  'LESS_THAN_OR_EQUAL',
] as const

export const ConditionTask = Closed({
  op: OneOf(CONDITION_OPERATORS),
  left: Type.String({ maxLength: 10_000 }),
  right: Type.String({ maxLength: 10_000 }),
})

const PipelineParameters = {
  full_refresh: Flag(),
  full_refresh_selection: Texts(),
  refresh_flow_selection: Texts(),
  refresh_selection: Texts(),
  reset_checkpoint_selection: Texts(),
}

export const RunJobTask = Closed({
  job_id: Id(),
  job_parameters: TextMap(),
  dbt_commands: Texts(),
  jar_params: Texts(),
  notebook_params: TextMap(),
  pipeline_params: Type.Optional(Closed(PipelineParameters)),
  python_named_params: TextMap(),
  python_params: Texts(),
  spark_submit_params: Texts(),
  sql_params: TextMap(),
})

export const SparkJarTask = Closed({
  jar_uri: Text(),
  main_class_name: Text(),
  parameters: Texts(),
  run_as_repl: Flag(),
})

export const SparkSubmitTask = Closed({ parameters: Texts() })

/** The fields of kinds that are refused with any content. */
const Refused = () => Type.Record(Type.String(), AnyJson())

/** The settings of each kind of task by its field. `for_each_task`, which contains a task, is in `task-settings.ts`. */
export const SIMPLE_KINDS = {
  node_task: NodeTask,
  shell_task: ShellTask,
  spark_python_task: SparkPythonTask,
  python_wheel_task: PythonWheelTask,
  notebook_task: NotebookTask,
  sql_task: SqlTask,
  condition_task: ConditionTask,
  run_job_task: RunJobTask,
  spark_jar_task: SparkJarTask,
  spark_submit_task: SparkSubmitTask,
  pipeline_task: Refused(),
  dbt_task: Refused(),
  dbt_cloud_task: Refused(),
  dbt_platform_task: Refused(),
  dashboard_task: Refused(),
  alert_task: Refused(),
  power_bi_task: Refused(),
  clean_rooms_notebook_task: Refused(),
  gen_ai_compute_task: Refused(),
  ai_function_task: Refused(),
  ai_runtime_task: Refused(),
  python_operator_task: Refused(),
} as const

export type SimpleKinds = { [Kind in keyof typeof SIMPLE_KINDS]: Static<(typeof SIMPLE_KINDS)[Kind]> }
