import { AlsScorer } from '@cairn/flavors/als/scorer'
import { alsFiles } from '@cairn/flavors/als/write'
import { markovFiles } from '@cairn/flavors/markov/artifact'
import { MarkovScorer } from '@cairn/flavors/markov/scorer'
import type { ModelFiles } from '@cairn/flavors/mlmodel/model-folder'
import type { HistoryScorer } from '@cairn/flavors/recommender/history-scorer'
import { invalid } from '@cairn/platform/errors'
import type { Scorer } from '../../scoring/scorer.js'
import { ialsParams } from '../als/params.js'
import { trainIals } from '../als/train.js'
import { tablesOf } from '../artifact-tables.js'
import { markov } from '../markov/recipe.js'
import { type ArtifactContext, type FitData, type FitOptions, parametersOf, type Recipe } from '../recipe.js'
import { historyScorerOf } from './history-scorer-of.js'

/** A fitted model of a composite, and how its own model folder is written. */
export interface FittedMember {
  readonly name: string
  /** Of the family it was fitted with. */
  readonly kind: string
  readonly scorer: HistoryScorer
  files(artifact: ArtifactContext): ModelFiles | Promise<ModelFiles>
}

/** Members that are fitted together: the kind of their recipe, and what differs from its defaults. */
export interface Family {
  readonly kind: string
  readonly parameters?: Readonly<Record<string, unknown>>
}

type Given = NonNullable<Family['parameters']>

/** Recipes whose models score histories as they are. */
const RECIPES: Readonly<Record<string, () => Promise<Recipe>>> = {
  bert4rec: async () => (await import('../bert4rec/recipe.js')).bert4rec,
  ease: async () => (await import('../ease/recipe.js')).ease,
  'item-knn': async () => (await import('../item-knn/recipe.js')).itemKnn,
  sasrec: async () => (await import('../sasrec/recipe.js')).sasrec,
}

const KINDS = ['ials', 'markov', ...Object.keys(RECIPES)]

/** Fits the members of a family. Throws INVALID_PARAMETER_VALUE naming the kind or parameter. */
export async function fitFamily(
  { kind, parameters = {} }: Family,
  data: FitData,
  options: FitOptions,
): Promise<readonly FittedMember[]> {
  if (kind === 'markov') return fitMarkov(data, parameters, options)
  if (kind === 'ials') return [await fitIals(data, parameters, options)]
  const load = Object.hasOwn(RECIPES, kind) ? RECIPES[kind] : undefined
  if (!load) throw invalid(`No model of kind '${kind}' can be a member; ${KINDS.join(', ')} can`)
  const recipe = await load()
  const model = await recipe.fit(data, parametersOf(recipe, parameters), options)
  return [memberOf(recipe, model, data)]
}

/** A model that its recipe fitted on `train`, as a member. Its folder says what it was fitted on, whatever it answers for. */
export const memberOf = (recipe: Recipe, model: Scorer, { train }: FitData): FittedMember => ({
  name: recipe.kind,
  kind: recipe.kind,
  scorer: historyScorerOf(model, train.items),
  files: (artifact) => recipe.files(model, { ...artifact, train }),
})

/** Weights of the latest events, the last first: three by hand as in Markov-3, five alike, and twenty that fade. */
const LAGS: Readonly<Record<string, readonly number[]>> = {
  markov_3: [1, 0.7, 0.5],
  markov_5: [1, 1, 1, 1, 1],
  markov_20: Array.from({ length: 20 }, (_, lag) => 0.8 ** lag),
}

/** Counted once, asked three ways. */
async function fitMarkov(data: FitData, given: Given, options: FitOptions): Promise<FittedMember[]> {
  if (given.lag_weights) throw invalid("Markov parameter 'lag_weights' is set for each member")
  const parameters = parametersOf(markov, given)
  const { transitions } = await markov.fit(data, parameters, options)
  return Object.entries(LAGS).map(([name, lagWeights]) => ({
    name,
    kind: 'markov',
    scorer: new MarkovScorer(transitions, lagWeights),
    files(artifact) {
      const { users: _, ...tables } = tablesOf(artifact, { ...parameters, lag_weights: lagWeights })
      return markovFiles({ ...tables, transitions, lagWeights }, artifact.metadata)
    },
  }))
}

/** Everybody is folded in, also whom it was trained on: serving has nothing else for a history. */
async function fitIals({ train }: FitData, given: Given, options: FitOptions): Promise<FittedMember> {
  const { onStep, ...running } = options
  const total = ialsParams(given).epochs
  const { dimensions, itemFactors, params } = await trainIals(train, given, {
    ...running,
    onEpoch: ({ epoch, loss }) =>
      onStep?.({ done: epoch, total, unit: 'epochs', message: `loss ${loss.toFixed(4)}` }),
  })
  const factors = { dimensions, itemFactors, parameters: { ...params } }
  const nobody = { userIds: [], userFactors: new Float32Array() }
  return {
    name: 'ials',
    kind: 'ials',
    scorer: new AlsScorer(factors),
    files: (artifact) =>
      alsFiles({ ...factors, ...nobody, items: tablesOf(artifact, {}).items }, artifact.metadata),
  }
}
