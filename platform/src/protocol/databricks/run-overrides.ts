import Type, { type Static } from 'typebox'
import { Unsupported } from '../wire.js'

const Words = () => Type.Optional(Type.Array(Type.String({ maxLength: 10_000 }), { maxItems: 1000 }))
const Named = () =>
  Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 10_000 }), { maxProperties: 1000 }))

/** Parameters for all tasks of a kind, which replace those in the settings of the job. */
export const taskParameters = {
  notebook_params: Named(),
  python_params: Words(),
  python_named_params: Named(),
  sql_params: Named(),
  jar_params: Unsupported(),
  spark_submit_params: Unsupported(),
  dbt_commands: Unsupported(),
  pipeline_params: Unsupported(),
}

/** The keys of the tasks to run. Other tasks, and dependencies on them, are omitted. */
export const only = Type.Optional(
  Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 1000 }),
)

/** Additions to Databricks' API about tasks with a cache. */
export const caching = {
  /** True to neither use nor keep results. */
  no_cache: Type.Optional(Type.Boolean()),
  /** The keys of tasks that run even if there is a result. Their results are kept. */
  refresh: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 1000 })),
}
const Caching = Type.Object(caching)
export type RunCaching = Static<typeof Caching>

const Overrides = Type.Object({
  only,
  notebook_params: Named(),
  python_params: Words(),
  python_named_params: Named(),
  sql_params: Named(),
})
export type RunOverrides = Static<typeof Overrides>
