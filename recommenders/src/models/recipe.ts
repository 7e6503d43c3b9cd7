import type { ModelFiles } from '@cairn/flavors/mlmodel/model-folder'
import { invalid } from '@cairn/platform/errors'
import type { Static, TObject } from 'typebox'
import Value from 'typebox/value'
import type { Interactions } from '../data/interactions.js'
import type { ItemFacts } from '../data/item-facts.js'
import type { Scorer } from '../scoring/scorer.js'
import type { FittedMember } from './member.js'

/** What a model is fitted on: nothing of the fold's targets is in it. */
export interface FitData {
  readonly train: Interactions
  /** In the order of `train.items`. */
  readonly facts?: ItemFacts
}

/** One step of a fit: epochs, trees or passes. */
export interface FitStep {
  readonly done: number
  readonly total: number
  readonly unit: string
  readonly message?: string
  /** Logged on the run at step `done`, e.g. `train_loss`. */
  readonly metrics?: Readonly<Record<string, number>>
}

export interface FitOptions {
  readonly threads?: number
  readonly signal?: AbortSignal
  readonly onStep?: (step: FitStep) => void | Promise<void>
  /** A folder of this fit's own where it may leave checkpoints and from which it goes on. */
  readonly checkpoints?: string
}

/** A kind of model: what it can be told, how it is fitted, how it is stored. */
export interface Recipe<Parameters extends TObject = TObject, Model extends Scorer = Scorer> {
  /** Of runs, parameters and the flavor, e.g. `bert4rec`. */
  readonly kind: string
  /** As the field writes it, e.g. `BERT4Rec`. */
  readonly title: string
  /** Each with a default and a description. */
  readonly parameters: Parameters
  /** What to know before one trusts it with ranking: said where it is trained, and flagged on its runs. */
  readonly caution?: string
  /**
   * True where a fit takes minutes: it is fitted once, and what was measured is served, given whole histories. Others
   * are measured under more than one protocol and fitted again on everything.
   */
  readonly fittedOnce?: boolean
  fit(data: FitData, parameters: Static<Parameters>, options?: FitOptions): Promise<Model>
  /** The model folder that serving loads. */
  files(model: Model, artifact: ArtifactContext): ModelFiles | Promise<ModelFiles>
  /**
   * Fits the kind as members of a two-stage or hybrid model, where these differ from what `fit` returns.
   * `parameters` override the defaults.
   */
  fitMembers?(
    data: FitData,
    parameters: Readonly<Record<string, unknown>>,
    options: FitOptions,
  ): Promise<readonly FittedMember[]>
  /** Of models that are made of others: the model without each of them in turn, to see what it is worth. */
  ablations?(model: Model, options?: FitOptions): AsyncIterable<Ablation>
}

/** A model without one of its parts. It shares the others with the whole, which closes them. */
export interface Ablation {
  /** The kind of the part. */
  readonly without: string
  readonly model: Scorer
}

/** What goes into a model folder beside the model. */
export interface ArtifactContext {
  readonly train: Interactions
  readonly facts?: ItemFacts
  readonly metadata: Readonly<Record<string, unknown>>
}

/** Fills in defaults. Throws INVALID_PARAMETER_VALUE that names the parameter. */
export function parametersOf<P extends TObject>(
  { title, parameters }: Pick<Recipe<P>, 'title' | 'parameters'>,
  given: Partial<Static<P>> = {},
): Static<P> {
  const filled = { ...(Value.Create(parameters) as object), ...given }
  const [error] = Value.Errors(parameters, filled)
  if (error) throw invalid(`${title} parameter '${error.instancePath.slice(1)}' ${error.message}`)
  return filled as Static<P>
}
