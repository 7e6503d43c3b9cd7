import Type, { type Static } from 'typebox'
import { OneOf, Required } from '../wire.js'
import { Closed } from './task-kinds.js'

/** A list of values, or a range of numbers from `min` to `max`. */
const SweptParameter = Closed({
  values: Type.Optional(
    Type.Array(
      Type.Unsafe<string | number | boolean>({
        anyOf: [{ type: 'string', maxLength: 1000 }, { type: 'number' }, { type: 'boolean' }],
      }),
      { minItems: 1, maxItems: 1000 },
    ),
  ),
  min: Type.Optional(Type.Number()),
  max: Type.Optional(Type.Number()),
  /** The default is linear. */
  scale: Type.Optional(OneOf(['linear', 'log'])),
  /** The default is float. */
  type: Type.Optional(OneOf(['int', 'float'])),
})
export type SweptParameter = Static<typeof SweptParameter>

/** Stops a trial whose metric is worse than the median of the successful trials at the same step. */
export const EarlyStop = Closed({
  rule: Type.Optional(OneOf(['median'])),
  /** The number of successful trials that must have reached the step. Default 5. */
  min_trials: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000 })),
  /** The first step that is compared. Default 0. */
  min_step: Type.Optional(Type.Integer({ minimum: 0 })),
  /** The number of consecutive steps that must be worse. Default 1. */
  patience: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
})
export type EarlyStop = Static<typeof EarlyStop>

/** An addition to Databricks' API: a loop over combinations of parameters, each of which is a run in the job's experiment. */
export const Sweep = Closed({
  method: OneOf(['grid', 'random']),
  parameters: Type.Record(Type.String(), SweptParameter),
  /** Required for random search; limits a grid to its first combinations. */
  trials: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000 })),
  /** The same seed chooses the same values. Default 0. */
  seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
  objective: Closed({ metric: Required({ maxLength: 250 }), goal: OneOf(['maximize', 'minimize']) }),
  early_stop: Type.Optional(EarlyStop),
})
export type Sweep = Static<typeof Sweep>

/** A trial of a sweep: a run in the tracking server, and the last value of its metric. */
export const Trial = Type.Object({
  /** The run in the tracking server; absent before it is created. */
  mlflow_run_id: Type.Optional(Type.String()),
  objective: Type.Optional(Type.Number()),
  /** True if early stopping ended it. */
  pruned: Type.Optional(Type.Boolean()),
})

/** How a sweep ended. */
export const SweepOutput = Type.Object({
  mlflow_run_id: Type.String(),
  experiment_id: Type.String(),
  metric: Type.String(),
  goal: Type.String(),
  /** The best trial; absent if none succeeded with the metric. */
  best: Type.Optional(
    Type.Object({
      iteration: Type.Integer(),
      run_id: Type.Integer(),
      mlflow_run_id: Type.String(),
      value: Type.Number(),
      parameters: Type.Record(Type.String(), Type.Unknown()),
    }),
  ),
})
export type SweepOutput = Static<typeof SweepOutput>
