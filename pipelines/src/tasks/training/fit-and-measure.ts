import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DRIFT_BASELINE_FILE, formatDriftBaseline } from '@cairn/flavors/drift/drift-baseline'
import type { ModelFiles } from '@cairn/flavors/mlmodel/model-folder'
import type { Interactions } from '@cairn/recommenders/data/interactions'
import type { ItemFacts } from '@cairn/recommenders/data/item-facts'
import { getRecipe } from '@cairn/recommenders/models/kinds'
import { type FitStep, type Recipe, resolveParameters } from '@cairn/recommenders/recipe'
import type { Scorer } from '@cairn/recommenders/scoring/scorer'
import {
  type FittedMeasurement,
  measure,
  type ProtocolMeasurement,
  type Protocols,
  type ProtocolUse,
} from './measure.js'
import { measureServed } from './served-model.js'

export interface FitTask {
  readonly kind: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly interactions: Interactions
  readonly facts: ItemFacts
  readonly protocols: Protocols
  readonly metadata: Readonly<Record<string, unknown>>
  /** A folder for checkpoints. */
  readonly checkpoints: string
  /** True to measure a composite without each of its parts; each may take as long as the whole. */
  readonly ablations?: boolean
}

export interface FitResult {
  /** The gate's protocol comes first. */
  readonly measured: readonly [ProtocolMeasurement, ...ProtocolMeasurement[]]
  /** Measurements under that protocol without each part of a composite model. */
  readonly ablations: readonly AblationResult[]
  readonly files: ModelFiles
  /** CPU time of a query to the served model, in milliseconds. */
  readonly servingCpuMs: number
}

export interface AblationResult {
  readonly without: string
  readonly measured: ProtocolMeasurement
}

/** `logged`: whether the step belongs to the first fit, whose steps are logged. */
export type OnFitStep = (step: FitStep, logged: boolean) => void

/**
 * Trains and measures under each protocol on its training split, then trains on all events for serving. Slow models are
 * trained once, see `Recipe.fittedOnce`. Takes minutes of computation: run it in a separate process.
 */
export async function fitAndMeasure(task: FitTask, onStep: OnFitStep): Promise<FitResult> {
  const recipe = await getRecipe(task.kind)
  const { interactions, facts, protocols, metadata } = task
  const fits = fitsOf(recipe, task, onStep)
  const first = await measure(interactions, fits.logged, protocols.primary)
  try {
    const measured: [ProtocolMeasurement, ...ProtocolMeasurement[]] = [summaryOf(first)]
    if (!recipe.fittedOnce && protocols.secondary)
      measured.push(await measureAndClose(interactions, fits.next, protocols.secondary))
    const servedModel = recipe.fittedOnce ? first.model : await fits.next(interactions)
    const fitted_on = recipe.fittedOnce ? `the training part of ${protocols.primary.id}` : 'all events'
    const files: ModelFiles = await recipe.files(servedModel, {
      train: interactions,
      facts,
      metadata: { ...metadata, fitted_on },
    })
    const { baseline, cpuMs } = await measureServed(files, interactions, protocols.primary.id)
    if (baseline) files[DRIFT_BASELINE_FILE] = formatDriftBaseline(baseline)
    const ablations = task.ablations ? await ablationsOf(recipe, first, task) : []
    return { measured, ablations, files, servingCpuMs: cpuMs }
  } finally {
    await first.model.close?.()
  }
}

/** Reports the progress of consecutive fits as one. */
function fitsOf(recipe: Recipe, { parameters, facts, checkpoints, protocols }: FitTask, onStep: OnFitStep) {
  const fits = recipe.fittedOnce ? 1 : protocols.secondary ? 3 : 2
  let finished = 0
  const fit = (logged: boolean) => async (train: Interactions) => {
    const folder = join(checkpoints, String(finished))
    await mkdir(folder, { recursive: true })
    const model = await recipe.fit({ train, facts }, resolveParameters(recipe, parameters), {
      checkpoints: folder,
      onStep: ({ done, total, ...step }) =>
        onStep({ ...step, done: finished * total + done, total: fits * total }, logged),
    })
    finished++
    return model
  }
  return { logged: fit(true), next: fit(false) }
}

async function measureAndClose(
  interactions: Interactions,
  fit: (train: Interactions) => Promise<Scorer>,
  protocol: ProtocolUse,
): Promise<ProtocolMeasurement> {
  const fitted = await measure(interactions, fit, protocol)
  await fitted.model.close?.()
  return summaryOf(fitted)
}

async function ablationsOf(
  recipe: Recipe,
  { model }: FittedMeasurement<Scorer>,
  { interactions, protocols }: FitTask,
): Promise<AblationResult[]> {
  const results: AblationResult[] = []
  for await (const { without, model: reduced } of recipe.ablations?.(model) ?? [])
    results.push({
      without,
      measured: summaryOf(await measure(interactions, async () => reduced, protocols.primary)),
    })
  return results
}

const summaryOf = ({ protocol, prefix, summary, perUser }: ProtocolMeasurement): ProtocolMeasurement => ({
  protocol,
  prefix,
  summary,
  perUser,
})
