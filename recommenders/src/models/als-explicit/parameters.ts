import Type, { type Static } from 'typebox'

/** Spark calls the first three rank, maxIter and regParam; the defaults are Spark's. */
export const AlsExplicitParameters = Type.Object(
  {
    factors: Type.Integer({
      default: 10,
      minimum: 1,
      maximum: 512,
      description: 'Width of the user and item vectors',
    }),
    epochs: Type.Integer({
      default: 10,
      minimum: 1,
      maximum: 1000,
      description: 'Passes over users and items',
    }),
    regularization: Type.Number({
      default: 0.1,
      exclusiveMinimum: 0,
      description: 'L2 penalty λ; a row with n ratings is penalized λn',
    }),
    seed: Type.Integer({
      default: 42,
      description: 'Seed of the initial vectors; equal seeds give equal models',
    }),
  },
  { additionalProperties: false },
)
export type AlsExplicitParameters = Static<typeof AlsExplicitParameters>
