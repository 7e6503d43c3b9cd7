import type { ModelFiles } from '@cairn/flavors/mlmodel/model-folder'
import { messageOf } from '@cairn/platform/errors'
import { EVALUATION_TAGS, PER_USER_PATH } from '@cairn/platform/protocol/evaluation'
import type { LeakFlag } from '@cairn/recommenders/evaluation/leaks'
import { getRecipe } from '@cairn/recommenders/models/kinds'
import { type FitStep, type Recipe, resolveParameters } from '@cairn/recommenders/recipe'
import type { Scorer } from '@cairn/recommenders/scoring/scorer'
import type { Run } from '@cairn/sdk/active-run'
import { withRun } from '@cairn/sdk/run'
import type { RunRecord } from '@cairn/sdk/wire'
import type { Static, TObject } from 'typebox'
import type { TaskContext, TaskValues } from '../../engine/task.js'
import { BASELINE_TAG, isBaseline, missingBaselines } from './baselines.js'
import { withCheckpoints } from './checkpoints.js'
import type { AblationResult } from './fit-and-measure.js'
import { fitApart } from './fit-apart.js'
import { loadTrainingData, type TrainingData } from './load-training-data.js'
import { flagsOf, type Measured, metricsOf, perUserOf, protocolsFor } from './measure.js'
import { findFinished, MODEL_KIND_TAG, TASK_RUN_TAG, trackingClient } from './tracking.js'

/** The parameters that all training tasks share. */
export interface TrainOptions {
  /** The schema of the training data, as `catalog.schema`. */
  readonly schema: string
  /** The experiment of the runs. */
  readonly experiment: string
  /** Whether to measure a composite without each of its parts, too, as child runs. */
  readonly ablations?: boolean
}

interface Training<P extends TObject, M extends Scorer> {
  readonly recipe: Recipe<P, M>
  readonly parameters: Static<P>
  readonly data: TrainingData
  readonly run: Run
  readonly ablations: boolean
}

const SYSTEM_METRICS_MS = 1_000

/** The tag that names the omitted part of a composite. */
const ABLATION = 'cairn.ablation'

/**
 * Trains a model, measures it under each protocol, and logs the run: the body of every training task. Missing baselines
 * are measured first. A retry reuses the run that an earlier attempt finished.
 *
 * @throws INVALID_PARAMETER_VALUE for invalid parameters, before reading data
 */
export async function trainRecipe<P extends TObject, M extends Scorer>(
  context: TaskContext,
  options: TrainOptions,
  recipe: Recipe<P, M>,
  overrides: Partial<Static<P>> = {},
): Promise<TaskValues> {
  const parameters = resolveParameters(recipe, overrides)
  const client = trackingClient(context)
  const { experiment_id } = await client.experiments.ensure(options.experiment)
  const finished = await findFinished(client, experiment_id, context.taskRunId, recipe.kind)
  if (finished) return valuesOf(finished, recipe.kind)
  const data = await loadTrainingData(context, options.schema)
  context.log.info(
    `${data.rows} ratings of ${data.interactions.users.size} users from ${data.name} ${data.digest}`,
  )
  const { primary } = protocolsFor(data.interactions)
  for (const kind of await missingBaselines(client, experiment_id, {
    digest: data.digest,
    protocol: primary.id,
    kind: recipe.kind,
  })) {
    const baseline: Recipe = await getRecipe(kind)
    await trainOn(context, options, baseline, { parameters: resolveParameters(baseline), data }).catch(
      (error) => {
        context.signal.throwIfAborted()
        context.log.warn(`The baseline ${baseline.title} could not be measured: ${(error as Error).message}`)
      },
    )
  }
  const runId = await trainOn(context, options, recipe, { parameters, data })
  return valuesOf(await client.runs.get(runId), recipe.kind)
}

/** @returns the id of the run */
function trainOn<P extends TObject, M extends Scorer>(
  context: TaskContext,
  { experiment, ablations = false }: TrainOptions,
  recipe: Recipe<P, M>,
  { parameters, data }: Pick<Training<P, M>, 'parameters' | 'data'>,
): Promise<string> {
  const runOptions = {
    client: trackingClient(context),
    experiment,
    name: recipe.title,
    tags: tagsOf(context, recipe.kind),
    systemMetricsMs: SYSTEM_METRICS_MS,
    strict: true,
  }
  return withRun(runOptions, async (run) => {
    await logTraining(context, { recipe, parameters, data, run, ablations })
    return run.id
  })
}

async function logTraining<P extends TObject, M extends Scorer>(
  context: TaskContext,
  training: Training<P, M>,
) {
  const { recipe, parameters, data, run, ablations } = training
  const { interactions, facts, digest } = data
  const protocols = protocolsFor(interactions)
  const params = { model: recipe.kind, ...toLoggable(parameters) }
  if (recipe.caution) context.log.warn(recipe.caution)
  await run.logParams({ ...params, protocol: protocols.primary.id })
  await run.logInput(datasetOf(data), 'training')
  const metadata = { protocol: protocols.primary.id, data_digest: digest }
  const { kind } = recipe
  const { result, peakBytes, cpuSeconds } = await withCheckpoints(context, kind, (checkpoints) =>
    fitApart(
      { kind, parameters, interactions, facts, protocols, metadata, checkpoints, ablations },
      (step, logged) => showStep(context, run, step, logged),
      context.signal,
    ),
  )
  context.log.info(describe(result.measured[0]))
  await run.logMetrics({ peak_memory_bytes: peakBytes, cpu_seconds: cpuSeconds })
  const model = await logModel(run, recipe, result.files, params)
  await logMeasured(training, result.measured, model.modelId)
  for (const ablation of result.ablations) await logAblation(training, ablation)
  context.log.info(`logged ${model.modelUri}`)
}

function showStep({ progress, log }: TaskContext, run: Run, step: FitStep, logged: boolean) {
  const { done, total, unit, message, metrics } = step
  progress({ done, total, unit, ...(message !== undefined && { message }) })
  if (logged && metrics)
    run.logMetrics(metrics, { step: done }).catch((error: unknown) => log.warn(messageOf(error)))
}

/** Logs the measurement without one part as a child run. */
async function logAblation<P extends TObject, M extends Scorer>(
  { recipe, data }: Pick<Training<P, M>, 'recipe' | 'data'>,
  { without, measured }: AblationResult,
) {
  const tags = {
    [ABLATION]: without,
    [EVALUATION_TAGS.protocol]: measured.protocol,
    [EVALUATION_TAGS.dataDigest]: data.digest,
    [EVALUATION_TAGS.leakFlags]: JSON.stringify(flagsOf([measured])),
  }
  await withRun({ name: `${recipe.title} without ${without}`, tags, strict: true }, async (child) => {
    await child.logParams({ model: recipe.kind, without })
    await child.logMetrics(metricsOf(measured))
  })
}

/** Converts lists and objects to JSON. */
const toLoggable = (
  parameters: Readonly<Record<string, unknown>>,
): Record<string, string | number | boolean> =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : (value as string | number | boolean),
    ]),
  )

const logModel = (
  run: Run,
  { kind }: Pick<Recipe, 'kind'>,
  files: ModelFiles,
  params: Readonly<Record<string, unknown>>,
) =>
  run.logModel(files, {
    name: kind,
    modelType: 'recommender',
    params,
    tags: { [MODEL_KIND_TAG]: kind },
  })

async function logMeasured<P extends TObject, M extends Scorer>(
  { recipe, run, data }: Training<P, M>,
  measured: readonly [Measured, ...Measured[]],
  modelId: string,
) {
  const flags = [...flagsOf(measured), ...cautionOf(recipe)]
  const target = { modelId, dataset: { name: data.name, digest: data.digest } }
  for (const measurement of measured) await run.logMetrics(metricsOf(measurement), target)
  await run.setTags({
    [EVALUATION_TAGS.protocol]: measured[0].protocol,
    [EVALUATION_TAGS.dataDigest]: data.digest,
    [EVALUATION_TAGS.leakFlags]: JSON.stringify(flags),
  })
  await run.logDict(perUserOf(measured[0], data.interactions, data.digest), PER_USER_PATH)
  const summaries = measured.map(({ summary }) => summary)
  await run.logDict(summaries, 'evaluation/summary.json')
}

/** A flag ranks the model below those without. */
const cautionOf = ({ caution }: Pick<Recipe, 'caution'>): LeakFlag[] =>
  caution === undefined ? [] : [{ code: 'poor_ranker', message: caution }]

/** Tags for MLflow's UI, and our own. */
const tagsOf = (context: TaskContext, kind: string) => ({
  'mlflow.user': context.principal.name,
  'mlflow.source.name': context.taskKey,
  'mlflow.source.type': 'JOB',
  [TASK_RUN_TAG]: String(context.taskRunId),
  'cairn.job_run_id': String(context.runId),
  [MODEL_KIND_TAG]: kind,
  ...(isBaseline(kind) && { [BASELINE_TAG]: 'true' }),
})

const datasetOf = ({ name, digest, location, rows, interactions }: TrainingData) => ({
  name,
  digest,
  source_type: 'delta_table',
  source: JSON.stringify({ delta_table_name: name, path: location }),
  profile: JSON.stringify({ num_rows: rows, users: interactions.users.size, items: interactions.items.size }),
})

function describe({ summary, protocol }: Measured): string {
  const { metrics, k, n_users } = summary
  const figures = [`precision ${metrics.precision.toFixed(4)}`, `recall ${metrics.recall.toFixed(4)}`]
  return `${protocol}: ${figures.join(', ')}, NDCG ${metrics.ndcg.toFixed(4)} at ${k} over ${n_users} users`
}

/** The values that downstream tasks compare. */
function valuesOf({ info, data, outputs }: RunRecord, kind: string): TaskValues {
  const tag = (key: string) => data.tags?.find((entry) => entry.key === key)?.value
  const metric = (key: string) => data.metrics?.find((entry) => entry.key === key)?.value
  return {
    kind,
    run_id: info.run_id,
    run_name: info.run_name,
    model_id: outputs?.model_outputs?.[0]?.model_id,
    protocol: tag(EVALUATION_TAGS.protocol),
    leak_flags: JSON.parse(tag(EVALUATION_TAGS.leakFlags) ?? '[]'),
    ndcg_at_10: metric('ndcg_at_10'),
    precision_at_10: metric('precision_at_10'),
    recall_at_10: metric('recall_at_10'),
  }
}
