import { missing } from '@cairn/platform/errors'
import type { Recipe } from './recipe.js'

/** Loaded when asked for: some bring native code and kernels along. */
const RECIPES: Readonly<Record<string, () => Promise<Recipe>>> = {
  'als-explicit': async () => (await import('./als-explicit/recipe.js')).explicitAls,
  als: async () => (await import('./als/recipe.js')).ials,
  bert4rec: async () => (await import('./bert4rec/recipe.js')).bert4rec,
  ease: async () => (await import('./ease/recipe.js')).ease,
  'item-knn': async () => (await import('./item-knn/recipe.js')).itemKnn,
  markov: async () => (await import('./markov/recipe.js')).markov,
  popularity: async () => (await import('./popularity/recipe.js')).popularity,
  sasrec: async () => (await import('./sasrec/recipe.js')).sasrec,
  hybrid: async () => (await import('./hybrid/recipe.js')).hybrid,
  'two-stage': async () => (await import('./two-stage/recipe.js')).twoStage,
}

export const recipeKinds = () => Object.keys(RECIPES)

/** Throws RESOURCE_DOES_NOT_EXIST with the kinds that there are. */
export async function getRecipe(kind: string): Promise<Recipe> {
  const load = Object.hasOwn(RECIPES, kind) ? RECIPES[kind] : undefined
  if (!load) throw missing(`No kind of model '${kind}'; there are ${recipeKinds().join(', ')}`)
  return load()
}
