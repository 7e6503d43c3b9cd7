import type { ModelFiles } from '@cairn/flavors/mlmodel/model-folder'
import { invalid } from '@cairn/platform/errors'
import type { Static, TObject } from 'typebox'
import Value from 'typebox/value'
import type { Interactions } from './data/interactions.js'
import type { ItemFacts } from './data/item-facts.js'
import type { FittedMember } from './models/member.js'
import type { Scorer } from './scoring/scorer.js'

/** The data that a model is fitted on; they contain no targets of the fold. */
export interface FitInput {
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
  /** Logged to the run at step `done`, e.g. `train_loss`. */
  readonly metrics?: Readonly<Record<string, number>>
}

export interface FitOptions {
  readonly threads?: number
  readonly signal?: AbortSignal
  readonly onStep?: (step: FitStep) => void | Promise<void>
  /** A folder for the checkpoints of this fit; a fit resumes from a checkpoint in it. */
  readonly checkpoints?: string
}

/** A kind of model: its parameters, how it is fitted and how it is stored. Jobs and benchmarks find it in `kinds.ts`. */
export interface Recipe<Parameters extends TObject = TObject, Model extends Scorer = Scorer> {
  /** Identifies the kind on runs and in job parameters, e.g. `bert4rec`. */
  readonly kind: string
  /** The name in the literature, e.g. `BERT4Rec`. */
  readonly title: string
  /** Every parameter has a default and a description. */
  readonly parameters: Parameters
  /** A warning about the ranking quality; logged by training and flagged on its runs. */
  readonly caution?: string
  /**
   * True if a fit takes minutes. Such a model is fitted once, and the evaluated model is served with whole histories.
   * Other models are evaluated under more than one protocol and fitted again on all events.
   */
  readonly fittedOnce?: boolean
  fit(data: FitInput, parameters: Static<Parameters>, options?: FitOptions): Promise<Model>
  /** The model folder that serving loads. */
  files(model: Model, artifact: ArtifactContext): ModelFiles | Promise<ModelFiles>
  /**
   * Fits the members that the kind contributes to two-stage and hybrid models, if they differ from the model of `fit`.
   * `parameters` override the defaults.
   */
  fitMembers?(
    data: FitInput,
    parameters: Readonly<Record<string, unknown>>,
    options: FitOptions,
  ): Promise<readonly FittedMember[]>
  /** For composite models: the model without each kind of member in turn, which shows the value of the kind. */
  ablations?(model: Model, options?: FitOptions): AsyncIterable<Ablation>
}

/** A composite without one kind of member. It shares the other members with the composite, which closes them. */
export interface Ablation {
  /** The kind that is left out. */
  readonly without: string
  readonly model: Scorer
}

/** The data of a model folder in addition to the model. */
export interface ArtifactContext {
  readonly train: Interactions
  readonly facts?: ItemFacts
  readonly metadata: Readonly<Record<string, unknown>>
}

/** Fills in defaults and validates. Throws INVALID_PARAMETER_VALUE naming the parameter. */
export function resolveParameters<P extends TObject>(
  { title, parameters }: Pick<Recipe<P>, 'title' | 'parameters'>,
  overrides: Partial<Static<P>> = {},
): Static<P> {
  const names = Object.keys(parameters.properties)
  const unknown = Object.keys(overrides).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw invalid(`${title} has no parameter '${unknown}'; supported: ${names.join(', ')}.`)
  const filled = { ...(Value.Create(parameters) as object), ...overrides }
  const [error] = Value.Errors(parameters, filled)
  if (error) throw invalid(`${title} parameter '${error.instancePath.slice(1)}' ${error.message}`)
  return filled as Static<P>
}
