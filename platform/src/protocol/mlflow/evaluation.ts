import Type, { type Static } from 'typebox'

/** Tags that an evaluation sets on its run. The promotion gate requires them. */
export const EVALUATION_TAGS = {
  protocol: 'cairn.protocol',
  dataDigest: 'cairn.data_digest',
  /** A JSON list of indications of a leak. */
  leakFlags: 'cairn.leak_flags',
} as const

/** The path of the values per user in the run's artifacts. */
export const PER_USER_PATH = 'evaluation/per_user.json'

/** Values per user, so that two models can be compared user by user. */
export const PerUser = Type.Object({
  protocol: Type.String(),
  k: Type.Integer(),
  data_digest: Type.String(),
  users: Type.Array(Type.Union([Type.String(), Type.Integer()])),
  /** The values in the order of `users`. */
  metrics: Type.Object({ ndcg: Type.Array(Type.Number()) }),
})
export type PerUser = Static<typeof PerUser>
