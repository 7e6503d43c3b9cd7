import Type, { type Static } from 'typebox'
import { OneOf, Required } from '../wire.js'

const Keys = (kind: string) =>
  Type.Optional(
    Type.Array(Type.String(), { maxItems: 1000, description: `Only ${kind} with these keys; default: all` }),
  )

/** The keys that a client shows of each run. */
export const Projection = Type.Object({
  metrics: Keys('metrics'),
  params: Keys('parameters'),
  tags: Keys('tags'),
  inputs: Type.Optional(
    Type.Boolean({ description: '`false` leaves out data sets and models; default: `true`' }),
  ),
})
export type Projection = Static<typeof Projection>

/** Splits runs by their value of a key. Attributes have the keys `status` and `user_id`, data sets `name` and `digest`. */
export const Grouping = Type.Object({
  kind: OneOf(['params', 'tags', 'attributes', 'datasets']),
  key: Required({ maxLength: 250 }),
})
export type Grouping = Static<typeof Grouping>

/** A group of runs. Without a value it is that of the runs that lack the key. */
export const RunGroupRef = Type.Object({
  ...Grouping.properties,
  value: Type.Optional(Type.String()),
})
export type RunGroupRef = Static<typeof RunGroupRef>

/** Nested groups, the outermost first. */
export const Within = Type.Optional(
  Type.Array(RunGroupRef, { maxItems: 4, description: 'Only runs that are in all of these groups' }),
)
