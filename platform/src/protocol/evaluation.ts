import Type, { type Static } from 'typebox'

/** Tags that an evaluation sets on its run; whoever sets the same may come before the gate. */
export const EVALUATION_TAGS = {
  protocol: 'cairn.protocol',
  dataDigest: 'cairn.data_digest',
  /** A JSON list of what speaks for a leak. */
  leakFlags: 'cairn.leak_flags',
} as const

/** Where among the run's artifacts the values per user are. */
export const PER_USER_PATH = 'evaluation/per_user.json'

/** What an evaluation leaves beside the means, so that two models can be compared user by user. */
export const PerUser = Type.Object({
  protocol: Type.String(),
  k: Type.Integer(),
  data_digest: Type.String(),
  users: Type.Array(Type.Union([Type.String(), Type.Integer()])),
  /** In the order of `users`. */
  metrics: Type.Object({ ndcg: Type.Array(Type.Number()) }),
})
export type PerUser = Static<typeof PerUser>
