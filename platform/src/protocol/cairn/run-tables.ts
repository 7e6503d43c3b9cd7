import Type, { type Static } from 'typebox'
import { ViewType } from '../mlflow/experiments.js'
import { Grouping, Projection, Within } from '../mlflow/run-projection.js'
import { Run } from '../mlflow/runs.js'
import { operation } from '../operation.js'
import { READ_EXPERIMENTS } from '../rights.js'
import { Int64, OneOf, Required } from '../wire.js'

const MAX_RUNS = 1000
const RunIds = Type.Array(Required({ maxLength: 256 }), { minItems: 1, maxItems: MAX_RUNS })

export const BatchGetRuns = operation({
  id: 'batchGetRuns',
  method: 'POST',
  path: '/api/cairn/v1/runs/batch-get',
  summary: 'Get up to 1000 runs by id, with all or some of their metrics, parameters and tags',
  right: READ_EXPERIMENTS,
  input: Type.Object({ run_ids: RunIds, ...Projection.properties }),
  /** The runs in the order of the ids, each once, without those that do not exist or that the caller may not read. */
  output: Type.Object({ runs: Type.Array(Run) }),
})

const comparedKey = {
  key: Type.String(),
  /** The number of runs that have the key. */
  count: Int64(),
  /** True if the values differ between the runs that have the key. */
  differs: Type.Boolean(),
}
export const ComparedKey = Type.Object(comparedKey)
export type ComparedKey = Static<typeof ComparedKey>

export const ComparedMetric = Type.Object({
  ...comparedKey,
  /** The least and greatest latest value; absent if all are NaN. */
  min: Type.Optional(Type.Number()),
  max: Type.Optional(Type.Number()),
  /** The greatest step of a latest value. If it is greater than 0, there is a curve. */
  last_step: Int64(),
})
export type ComparedMetric = Static<typeof ComparedMetric>

export const CompareRuns = operation({
  id: 'compareRuns',
  method: 'POST',
  path: '/api/cairn/v1/runs/compare',
  summary:
    'Summarize the metrics, parameters and tags of up to 1000 runs by key: where they differ, and their range',
  right: READ_EXPERIMENTS,
  input: Type.Object({ run_ids: RunIds }),
  output: Type.Object({
    metrics: Type.Array(ComparedMetric),
    params: Type.Array(ComparedKey),
    tags: Type.Array(ComparedKey),
  }),
})

export const CountRuns = operation({
  id: 'countRuns',
  method: 'POST',
  path: '/api/cairn/v1/runs/count',
  summary: "Count the runs of experiments that match a filter in MLflow's language",
  right: READ_EXPERIMENTS,
  input: Type.Object({
    experiment_ids: Type.Array(Type.String(), { minItems: 1, maxItems: 100 }),
    filter: Type.Optional(Type.String()),
    run_view_type: Type.Optional(ViewType),
  }),
  output: Type.Object({ count: Int64() }),
})

/** Statistics of the latest values of a metric, without NaN, infinities and values beyond ±1e150. */
export const MetricStatistics = Type.Object({
  key: Type.String(),
  /** The number of runs whose values count. */
  count: Int64(),
  mean: Type.Number(),
  min: Type.Number(),
  max: Type.Number(),
  /** The sample standard deviation; absent for one value. */
  std: Type.Optional(Type.Number()),
})
export type MetricStatistics = Static<typeof MetricStatistics>

export const RunGroup = Type.Object({
  /** The value; absent for the runs that lack the key. */
  value: Type.Optional(Type.String()),
  count: Int64(),
  metrics: Type.Array(MetricStatistics),
})
export type RunGroup = Static<typeof RunGroup>

export const GroupRuns = operation({
  id: 'groupRuns',
  method: 'POST',
  path: '/api/cairn/v1/runs/group',
  summary: 'Group all runs that match a filter by a parameter, tag, attribute or data set',
  right: READ_EXPERIMENTS,
  input: Type.Object({
    experiment_ids: Type.Array(Type.String(), { minItems: 1, maxItems: 100 }),
    filter: Type.Optional(Type.String()),
    run_view_type: Type.Optional(ViewType),
    by: Grouping,
    within: Within,
    metrics: Type.Optional(
      Type.Array(Type.String(), { maxItems: 50, description: 'Keys of the metrics to summarize' }),
    ),
  }),
  /** The 1000 largest groups, by size and value. A run with several data sets is in the group of each. */
  output: Type.Object({ groups: Type.Array(RunGroup), group_count: Int64() }),
})

export const ListRunValues = operation({
  id: 'listRunValues',
  method: 'GET',
  path: '/api/cairn/v1/runs/values',
  summary: 'List up to 50 values of a parameter, tag or attribute of data sets, of up to 100 characters',
  right: READ_EXPERIMENTS,
  input: Type.Object({
    experiment_id: Required(),
    kind: OneOf(['params', 'tags', 'datasets']),
    key: Required({ maxLength: 250 }),
    search: Type.Optional(
      Type.String({ maxLength: 100, description: 'Only values that contain this text, in any case' }),
    ),
  }),
  /** The values in sorted order. */
  output: Type.Object({ values: Type.Array(Type.String()) }),
})

export const ListRunKeys = operation({
  id: 'listRunKeys',
  method: 'GET',
  path: '/api/cairn/v1/runs/keys',
  summary: 'List the keys of metrics, parameters and tags of all runs of an experiment, up to 10,000 of each',
  right: READ_EXPERIMENTS,
  input: Type.Object({ experiment_id: Required() }),
  /** The keys in sorted order. */
  output: Type.Object({
    metrics: Type.Array(Type.String()),
    params: Type.Array(Type.String()),
    tags: Type.Array(Type.String()),
  }),
})
