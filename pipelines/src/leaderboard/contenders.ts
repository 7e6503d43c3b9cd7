import { randomStream } from '@cairn/platform/statistics/random'
import { hashId } from '@cairn/recommenders/data/hash'
import { getRecipe } from '@cairn/recommenders/models/kinds'
import { fitRatingBias } from '@cairn/recommenders/models/rating-bias'
import type { Recipe } from '@cairn/recommenders/models/recipe'
import Type from 'typebox'

/** What can be measured: a recipe, or a witness that nobody would serve. */
export type Contender = Pick<Recipe, 'kind' | 'title' | 'parameters' | 'caution' | 'fit'>

/** What shows how much of a figure is the protocol's doing. */
const WITNESSES: readonly Contender[] = [
  {
    kind: 'random',
    title: 'Random order',
    parameters: Type.Object({}),
    async fit({ train }) {
      return {
        async score({ users: ids }, users, into) {
          const items = train.items.size
          for (const [row, user] of users.entries()) {
            const random = randomStream(hashId(ids.at(user)))
            for (let item = 0; item < items; item++) into[row * items + item] = random()
          }
        },
      }
    },
  },
  {
    kind: 'rating-bias',
    title: 'Item + user bias',
    parameters: Type.Object({}),
    fit: async ({ train }) => fitRatingBias(train),
  },
]

export const witnessKinds = WITNESSES.map(({ kind }) => kind)

/** Throws RESOURCE_DOES_NOT_EXIST with the kinds of recipes that there are. */
export async function getContender(kind: string): Promise<Contender> {
  return WITNESSES.find((witness) => witness.kind === kind) ?? getRecipe(kind)
}
