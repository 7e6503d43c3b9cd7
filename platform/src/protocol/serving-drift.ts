import Type, { type Static } from 'typebox'
import { operation } from './operation.js'
import { VIEW_ENDPOINT } from './rights.js'
import { Int64, OneOf, Required } from './wire.js'

/** A figure at training and now. */
const Compared = Type.Object({ baseline: Type.Number(), now: Type.Number() })

const ScoreDrift = Type.Object({
  /** Population stability index of the deciles of the baseline: 0 without a shift. */
  psi: Type.Number(),
  /** Samples of these sizes exceed it in 5 % of cases without any shift. */
  psi_noise: Type.Number(),
  /** Kolmogorov–Smirnov distance, 0 to 1. */
  ks: Type.Number(),
  ks_noise: Type.Number(),
  /** Shares of scores above `above`, up to and including `up_to`. */
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
  /** Share of recommendations among the `popular` most popular items of the training data. */
  popular_share: Compared,
  popular: Int64(),
  /** Share of the items of the model that were recommended at all. */
  coverage: Compared,
  /** 0: all items equally often; 1: always the same one. */
  gini: Compared,
  /** Jensen–Shannon divergence in bits, 0 to 1. */
  divergence: Type.Number(),
  /** Samples of these sizes exceed it in 5 % of cases without any shift, if recommendations are independent. */
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
  /** Recent answers that were compared. */
  answers: Int64(),
  /** Milliseconds since the epoch. */
  from: Int64(),
  to: Int64(),
  /** `training`: logged with the model. `first_answers`: the first recorded answers of the version. */
  baseline: OneOf(['training', 'first_answers']),
  /** Answers of the baseline. */
  baseline_answers: Int64(),
  /** Absent while there are too few answers. */
  scores: Type.Optional(ScoreDrift),
  /** For recommenders, if there are enough answers. */
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
    /** `no_table`: answers were never recorded. `no_access`: the caller may not read the table. */
    state: OneOf(['ready', 'no_table', 'no_access']),
    /** For `no_access`: what is missing, and who can grant it. */
    message: Type.Optional(Type.String()),
    /** Answers that a version needs before it is compared. */
    needed: Int64(),
    /** First answers that make a baseline, for models that were trained without one. */
    needed_for_baseline: Int64(),
    /** The version that answered last comes first. */
    versions: Type.Array(VersionDrift),
  }),
})
