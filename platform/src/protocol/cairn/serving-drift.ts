import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { VIEW_ENDPOINT } from '../rights.js'
import { Int64, OneOf, Required } from '../wire.js'

/** A figure at training and now. */
const Compared = Type.Object({ baseline: Type.Number(), now: Type.Number() })

const ScoreDrift = Type.Object({
  /** The population stability index of the deciles of the baseline, which is 0 without a shift. */
  psi: Type.Number(),
  /** The value that samples of these sizes exceed in 5 % of cases without any shift. */
  psi_noise: Type.Number(),
  /** The Kolmogorov–Smirnov distance, from 0 to 1. */
  ks: Type.Number(),
  ks_noise: Type.Number(),
  /** The shares of scores above `above`, up to and including `up_to`. */
  bins: Type.Array(
    Type.Object({
      above: Type.Optional(Type.Number()),
      up_to: Type.Optional(Type.Number()),
      baseline: Type.Number(),
      now: Type.Number(),
    }),
  ),
})

const ItemDrift = Type.Object({
  /** The share of recommendations among the `popular` most popular items of the training data. */
  popular_share: Compared,
  popular: Int64(),
  /** The share of the items of the model that were recommended at all. */
  coverage: Compared,
  /** 0 if all items are recommended equally often, 1 if it is always the same one. */
  gini: Compared,
  /** The Jensen–Shannon divergence in bits, from 0 to 1. */
  divergence: Type.Number(),
  /** The value that such samples exceed in 5 % of cases without any shift, if recommendations are independent. */
  divergence_noise: Type.Number(),
})

const DriftWindow = Type.Object({
  from: Int64(),
  to: Int64(),
  answers: Int64(),
  psi: Type.Number(),
  ks: Type.Number(),
})

export const VersionDrift = Type.Object({
  served_entity: Type.String(),
  version: Type.String(),
  /** The number of recent answers that were compared. */
  answers: Int64(),
  /** Milliseconds since the epoch. */
  from: Int64(),
  to: Int64(),
  /** `training` was logged with the model. `first_answers` are the first recorded answers of the version. */
  baseline: OneOf(['training', 'first_answers']),
  /** The number of answers in the baseline. */
  baseline_answers: Int64(),
  /** The scores; absent while there are too few answers. */
  scores: Type.Optional(ScoreDrift),
  /** The items of a recommender, if there are enough answers. */
  items: Type.Optional(ItemDrift),
  /** Consecutive answers, oldest first, each compared with the baseline. */
  windows: Type.Array(DriftWindow),
})
export type VersionDrift = Static<typeof VersionDrift>

export const GetEndpointDrift = operation({
  id: 'getEndpointDrift',
  method: 'GET',
  path: '/api/cairn/v1/serving-endpoints/{name}/drift',
  summary:
    'Compare recorded answers of an endpoint with those at training. Figures require SELECT on the inference table',
  right: VIEW_ENDPOINT,
  input: Type.Object({ name: Required() }),
  output: Type.Object({
    /** `no_table` if answers were never recorded, `no_access` if the caller may not read the table. */
    state: OneOf(['ready', 'no_table', 'no_access']),
    /** The privilege that is missing for `no_access`, and who can grant it. */
    message: Type.Optional(Type.String()),
    /** The number of answers that a version needs before it is compared. */
    needed: Int64(),
    /** The number of first answers that are the baseline of a model that was trained without one. */
    needed_for_baseline: Int64(),
    /** The versions. The one that answered last comes first. */
    versions: Type.Array(VersionDrift),
  }),
})
