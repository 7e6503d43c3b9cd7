import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { Int64, OneOf } from '../wire.js'

const id = Type.String()

/**
 * A notification that an object has changed, without its new state. `alert` says that runs of the experiment have new alerts.
 * `metrics` has the logged keys, unless there are too many, with their least and greatest step. Without steps, all may have
 * changed. `traces` has the ids of the changed traces.
 */
export const Change = Type.Union([
  Type.Object({ type: Type.Literal('experiment'), experiment_id: id }),
  Type.Object({ type: Type.Literal('run'), experiment_id: id, run_id: id }),
  Type.Object({
    type: Type.Literal('metrics'),
    experiment_id: id,
    run_id: id,
    keys: Type.Optional(Type.Array(Type.String())),
    first_step: Type.Optional(Int64()),
    last_step: Type.Optional(Int64()),
  }),
  Type.Object({
    type: Type.Literal('traces'),
    experiment_id: id,
    trace_ids: Type.Optional(Type.Array(Type.String())),
  }),
  Type.Object({ type: Type.Literal('logged_model'), model_id: id }),
  Type.Object({ type: Type.Literal('evaluation_dataset'), dataset_id: id }),
  Type.Object({ type: Type.Literal('registered_model'), name: id }),
  Type.Object({ type: Type.Literal('model_version'), name: id, version: id }),
  Type.Object({ type: Type.Literal('model_alias'), name: id, alias: id }),
  Type.Object({ type: Type.Literal('endpoint'), name: id }),
  Type.Object({ type: Type.Literal('job_run'), run_id: id }),
  Type.Object({ type: Type.Literal('alert'), experiment_id: id }),
])
export type Change = Static<typeof Change>
export type ChangeType = Change['type']

export const CHANGE_TYPES = [
  'experiment',
  'run',
  'metrics',
  'traces',
  'logged_model',
  'evaluation_dataset',
  'registered_model',
  'model_version',
  'model_alias',
  'endpoint',
  'job_run',
  'alert',
] as const satisfies readonly ChangeType[]

export const ReadEvents = operation({
  id: 'readEvents',
  method: 'GET',
  path: '/api/cairn/v1/events',
  summary:
    'Get the changes since `after` or the `Last-Event-ID`; with `Accept: text/event-stream` as a continuous stream',
  right: 'authenticated',
  input: Type.Object({
    after: Type.Optional(
      Type.String({ description: 'The `last_event_id` of a response, or the id of an event' }),
    ),
    types: Type.Optional(Type.Array(OneOf(CHANGE_TYPES), { description: 'Only changes of these types' })),
    experiment_ids: Type.Optional(
      Type.Array(Type.String(), { description: 'Only runs of these experiments' }),
    ),
    run_ids: Type.Optional(Type.Array(Type.String(), { description: 'Only these runs' })),
  }),
  output: Type.Object({
    /** The position to resume from. */
    last_event_id: Type.String(),
    /** True if changes may have been missed, so that the client must refetch everything. */
    reset: Type.Boolean(),
    /** At most one change per object. */
    events: Type.Array(Change),
  }),
})
