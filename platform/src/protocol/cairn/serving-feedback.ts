import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { QUERY_ENDPOINT, VIEW_ENDPOINT } from '../rights.js'
import { Int64, OneOf, Required } from '../wire.js'

const BASE = '/api/cairn/v1/serving-endpoints/{name}/feedback'
const MAX_OUTCOMES = 1_000

/** The outcome of an answer. */
const Feedback = {
  request_id: Type.Optional(Type.String({ maxLength: 255, description: 'Of the header x-request-id.' })),
  client_request_id: Type.Optional(Type.String({ maxLength: 255 })),
  outcome: Type.Optional(
    Type.Unknown({
      description: 'A number from 0 to 1, or an object of named numbers, e.g. minutes watched.',
    }),
  ),
  timestamp: Type.Optional(
    Int64({ minimum: 0, description: 'Milliseconds since the epoch; now when absent.' }),
  ),
}
export const EndpointFeedback = Type.Object(Feedback)
export type EndpointFeedback = Static<typeof EndpointFeedback>

export const PostEndpointFeedback = operation({
  id: 'postEndpointFeedback',
  method: 'POST',
  path: BASE,
  summary:
    'Record the outcome of an answer, or of up to 1,000 in `feedback`; a later outcome replaces an earlier one',
  right: QUERY_ENDPOINT,
  input: Type.Object({
    name: Required(),
    ...Feedback,
    feedback: Type.Optional(Type.Array(EndpointFeedback, { maxItems: MAX_OUTCOMES })),
  }),
  output: Type.Object({ recorded: Int64() }),
})

const Interval = Type.Object({ low: Type.Number(), high: Type.Number() })

const OutcomeSummary = Type.Object({
  name: Type.String(),
  count: Int64(),
  mean: Type.Number(),
  /** The 95 % interval: Wilson's if all outcomes are 0 or 1, otherwise Student's. Absent for a single other outcome. */
  interval: Type.Optional(Interval),
})
export type OutcomeSummary = Static<typeof OutcomeSummary>

const OutcomeDifference = Type.Object({
  name: Type.String(),
  /** `paired` if every outcome of both variants has a counterpart with the same client_request_id. */
  test: OneOf(['two_proportions', 'welch', 'paired']),
  /** The mean of the second variant minus the mean of the first. */
  difference: Type.Number(),
  /** The 95 % interval. */
  interval: Interval,
  /** The two-sided p-value. */
  p_value: Type.Number(),
})
export type OutcomeDifference = Static<typeof OutcomeDifference>

export const GetEndpointFeedbackSummary = operation({
  id: 'getEndpointFeedbackSummary',
  method: 'GET',
  path: `${BASE}/summary`,
  summary: 'Compare the outcomes of the served entities and versions of an endpoint, by its inference table',
  right: VIEW_ENDPOINT,
  input: Type.Object({ name: Required() }),
  output: Type.Object({
    /** The variants in the order of their first answers. */
    variants: Type.Array(
      Type.Object({
        served_entity: Type.String(),
        version: Type.String(),
        /** The number of successful answers that were recorded. */
        answers: Int64(),
        outcomes: Type.Array(OutcomeSummary),
      }),
    ),
    /** The comparison of the first two variants, for outcomes of both. */
    differences: Type.Array(OutcomeDifference),
    /** The number of outcomes of no recorded answer, or of answers of several variants. */
    unmatched: Int64(),
  }),
})
