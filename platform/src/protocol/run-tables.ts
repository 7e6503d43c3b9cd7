import Type, { type Static } from 'typebox'
import { ViewType } from './experiments.js'
import { operation } from './operation.js'
import { READ_EXPERIMENTS } from './rights.js'
import { Run } from './runs.js'
import { Int64, Required } from './wire.js'

const MAX_RUNS = 1000
const RunIds = Type.Array(Required({ maxLength: 256 }), { minItems: 1, maxItems: MAX_RUNS })
const Keys = (kind: string) =>
  Type.Optional(
    Type.Array(Type.String(), { maxItems: 1000, description: `Only ${kind} with these keys; default: all` }),
  )

/** The keys that a client shows of each run. */
export const Projection = Type.Object({
  metrics: Keys('metrics'),
  params: Keys('parameters'),
  tags: Keys('tags'),
})
export type Projection = Static<typeof Projection>

export const BatchGetRuns = operation({
  id: 'batchGetRuns',
  method: 'POST',
  path: '/api/cairn/v1/runs/batch-get',
  summary: 'Get up to 1000 runs by id, with all or some of their metrics, parameters and tags',
  right: READ_EXPERIMENTS,
  input: Type.Object({ run_ids: RunIds, ...Projection.properties }),
  /** In the order of the ids, each once. Runs that do not exist or may not be read are left out. */
  output: Type.Object({ runs: Type.Array(Run) }),
})

const comparedKey = {
  key: Type.String(),
  /** Number of runs that have the key. */
  count: Int64(),
  /** Whether the values differ between the runs that have the key. */
  differs: Type.Boolean(),
}
export const ComparedKey = Type.Object(comparedKey)
export type ComparedKey = Static<typeof ComparedKey>

export const ComparedMetric = Type.Object({
  ...comparedKey,
  /** The least and greatest latest value; absent if all are NaN. */
  min: Type.Optional(Type.Number()),
  max: Type.Optional(Type.Number()),
  /** The greatest step of a latest value: beyond 0 there is a curve. */
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

export const ListRunKeys = operation({
  id: 'listRunKeys',
  method: 'GET',
  path: '/api/cairn/v1/runs/keys',
  summary: 'List the keys of metrics, parameters and tags of all runs of an experiment, up to 10,000 of each',
  right: READ_EXPERIMENTS,
  input: Type.Object({ experiment_id: Required() }),
  /** Sorted. */
  output: Type.Object({
    metrics: Type.Array(Type.String()),
    params: Type.Array(Type.String()),
    tags: Type.Array(Type.String()),
  }),
})
