import Type, { type Static } from 'typebox'

export const EaseParameters = Type.Object(
  {
    regularization: Type.Number({
      default: 200,
      exclusiveMinimum: 0,
      description:
        'L2 penalty λ on the weights; more for more data: 200 suits a million ratings. Try 20 to 1000',
    }),
    weights_per_item: Type.Integer({
      default: 1000,
      minimum: 0,
      description:
        'How many weights of each item are kept, the largest by size, at 8 bytes each; 0, or half of the items, keeps ' +
        'all, at 4. Where users² are fewer numbers than that, they are kept instead and say all of it',
    }),
  },
  { additionalProperties: false },
)
export type EaseParameters = Static<typeof EaseParameters>
