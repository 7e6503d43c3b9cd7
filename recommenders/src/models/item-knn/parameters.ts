import Type, { type Static } from 'typebox'

export const ItemKnnParameters = Type.Object(
  {
    neighbours: Type.Integer({
      default: 20,
      minimum: 1,
      maximum: 10_000,
      description: 'How many of the most similar items contribute to the score of an item',
    }),
    shrink: Type.Number({
      default: 0,
      minimum: 0,
      description: 'Added to the denominator of the similarity; higher values discount items with few users',
    }),
  },
  { additionalProperties: false },
)
export type ItemKnnParameters = Static<typeof ItemKnnParameters>
