import type { XgboostModel } from '@cairn/flavors/xgboost/model'
import { invalid } from '@cairn/platform/errors'
import { threadCount } from '../numeric/worker-pool.js'
import { type BoosterData, checkData } from './booster-data.js'
import { BuiltInEngine } from './built-in-engine.js'
import { EarlyStopping } from './early-stopping.js'
import { type BoostingEngine, keepRounds } from './engine.js'
import { LibraryEngine } from './libxgboost/library-engine.js'
import { metricOf } from './metrics.js'
import { type BoosterParams, resolveBoosterParams } from './parameters.js'

/** One round of boosting. */
export interface BoosterStep {
  /** Finished rounds, from 1. */
  readonly done: number
  readonly total: number
  /** The metric of the evaluation table by name: `{ 'ndcg@10': 0.41 }`. */
  readonly metrics: Readonly<Record<string, number>>
  readonly seconds: number
}

export interface BoosterOptions {
  readonly threads?: number
  /** Stops the threads at once; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
  readonly onTree?: (step: BoosterStep) => void | Promise<void>
  /** Evaluated after every round; required by `early_stopping_rounds`. */
  readonly evaluation?: BoosterData
  /** The built-in trainer or XGBoost's library; both take the same parameters and produce the same kind of model. */
  readonly engine?: 'built-in' | 'libxgboost'
  /** Path of libxgboost; default: the system's library search path. */
  readonly library?: string | undefined
}

/**
 * Gradient boosting by XGBoost's `hist` method (Chen & Guestrin 2016): features are divided into at most 256 bins of about
 * equal weight, the best split of a leaf is found from sums of gradients and hessians per bin, and missing values go to
 * the side with the larger gain. Equal data, parameters and seed produce the same bytes for any number of threads. With
 * early stopping the model ends at its best round.
 */
export async function trainBooster(
  data: BoosterData,
  overrides: Partial<BoosterParams> = {},
  options: BoosterOptions = {},
): Promise<XgboostModel> {
  const params = validateInput(data, overrides, options.evaluation)
  const threads = threadCount(options.threads)
  options.signal?.throwIfAborted()
  const { evaluation, library } = options
  const engine =
    options.engine === 'libxgboost'
      ? new LibraryEngine(data, params, { evaluation, threads, library })
      : new BuiltInEngine(data, params, { evaluation, threads })
  try {
    return await boost(engine, params, options)
  } finally {
    await engine.close()
  }
}

function validateInput(
  data: BoosterData,
  overrides: Partial<BoosterParams>,
  evaluation?: BoosterData,
): BoosterParams {
  const params = resolveBoosterParams(overrides)
  checkData(data, params, 'training data')
  if (params.monotone_constraints.length > data.features)
    throw invalid(
      `XGBoost parameter 'monotone_constraints' has ${params.monotone_constraints.length} entries for ${data.features} features`,
    )
  if (params.early_stopping_rounds > 0 && !evaluation)
    throw invalid("XGBoost parameter 'early_stopping_rounds' needs an evaluation table")
  if (!evaluation) return params
  checkData(evaluation, params, 'evaluation data')
  if (evaluation.features !== data.features)
    throw invalid(`evaluation data: ${evaluation.features} features, the training data has ${data.features}`)
  return params
}

async function boost(
  engine: BoostingEngine,
  params: BoosterParams,
  { signal, onTree }: BoosterOptions,
): Promise<XgboostModel> {
  const metric = metricOf(params)
  const stopping = new EarlyStopping(metric, params.early_stopping_rounds)
  for (let done = 1; done <= params.num_boost_round; done++) {
    const started = performance.now()
    const score = await engine.next(signal)
    const seconds = (performance.now() - started) / 1000
    const metrics = score === undefined ? {} : { [metric.name]: score }
    await onTree?.({ done, total: params.num_boost_round, metrics, seconds })
    signal?.throwIfAborted()
    if (score !== undefined && stopping.add(score)) break
  }
  const model = await engine.model()
  if (params.early_stopping_rounds === 0) return model
  const best = { best_iteration: String(stopping.bestRound - 1), best_score: String(stopping.bestScore) }
  return keepRounds(model, stopping.bestRound, best)
}
