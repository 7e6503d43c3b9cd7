import { invalid, missing } from '@cairn/platform/errors'
import type { Recipe } from '../recipe.js'

/**
 * One row per kind of model. Recipes are loaded on demand, because some load native code and compiled kernels, and because
 * two-stage and hybrid models look up their members in this table.
 */
interface ModelKind {
  readonly load: () => Promise<Recipe>
  /** The name by which two-stage and hybrid models list it as a member; kinds without a name cannot be members. */
  readonly member?: string
}

const KINDS: Readonly<Record<string, ModelKind>> = {
  'als-explicit': { load: async () => (await import('./als-explicit/recipe.js')).alsExplicit },
  als: { load: async () => (await import('./als/recipe.js')).als, member: 'ials' },
  bert4rec: { load: async () => (await import('./bert4rec/recipe.js')).bert4rec, member: 'bert4rec' },
  ease: { load: async () => (await import('./ease/recipe.js')).ease, member: 'ease' },
  'item-knn': { load: async () => (await import('./item-knn/recipe.js')).itemKnn, member: 'item-knn' },
  markov: { load: async () => (await import('./markov/recipe.js')).markov, member: 'markov' },
  popularity: { load: async () => (await import('./popularity/recipe.js')).popularity },
  sasrec: { load: async () => (await import('./sasrec/recipe.js')).sasrec, member: 'sasrec' },
  hybrid: { load: async () => (await import('./hybrid/recipe.js')).hybrid },
  'two-stage': { load: async () => (await import('./two-stage/recipe.js')).twoStage },
}

/**
 * Every model is compared with these: the most popular items, the best linear model, and a model of the order of events
 * alone.
 */
export const BASELINES: readonly string[] = ['popularity', 'ease', 'markov']

export const modelKinds = () => Object.keys(KINDS)

/** Throws RESOURCE_DOES_NOT_EXIST, listing the supported kinds. Loads nothing. */
export function requireKind(kind: string): ModelKind {
  const found = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined
  if (!found) throw missing(`Unknown model kind '${kind}'; supported: ${modelKinds().join(', ')}`)
  return found
}

/** Throws RESOURCE_DOES_NOT_EXIST, listing the supported kinds. */
export const getRecipe = async (kind: string): Promise<Recipe> => requireKind(kind).load()

/** Throws INVALID_PARAMETER_VALUE, listing the names that can be members. */
export async function getMemberRecipe(member: string): Promise<Recipe> {
  const kinds = Object.values(KINDS)
  const found = kinds.find((kind) => kind.member === member)
  if (found) return found.load()
  const names = kinds.flatMap((kind) => kind.member ?? [])
  throw invalid(`A model of kind '${member}' cannot be a member; supported: ${names.join(', ')}`)
}
