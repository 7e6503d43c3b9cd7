import type { ModelFiles } from '@cairn/flavors/mlmodel/model-folder'
import { messageOf } from '@cairn/platform/errors'
import { EVALUATION_TAGS, PER_USER_PATH } from '@cairn/platform/protocol/mlflow/evaluation'
import type { LeakFlag } from '@cairn/recommenders/evaluation/leaks'
import { getRecipe } from '@cairn/recommenders/models/kinds'
import { type FitStep, type Recipe, resolveParameters } from '@cairn/recommenders/recipe'
import type { Run } from '@cairn/sdk/active-run'
import { type RunOptions, withRun } from '@cairn/sdk/run'
import type { RunRecord } from '@cairn/sdk/wire'
import { JOB_RUN_TAG, TASK_RUN_TAG } from '../../run-tags.js'
import { BASELINE_TAG, isBaseline, missingBaselines } from './baselines.js'
import { type AblationResult, fitAndMeasure } from './fit-and-measure.js'
import { loadTrainingData, type TrainingData } from './load-training-data.js'
import { flagsOf, metricsOf, type ProtocolMeasurement, perUserOf, protocolsFor } from './measure.js'
import { findFinished, MODEL_KIND_TAG } from './tracking.js'
import type { TrainOutcome, TrainRequest } from './train-request.js'
import type { TrainingContext } from './training-context.js'

interface Training {
  readonly recipe: Recipe
  readonly parameters: Readonly<Record<string, unknown>>
  readonly data: TrainingData
  readonly run: Run
}

const SYSTEM_METRICS_MS = 1_000

/** The tag that names the omitted part of a composite. */
const ABLATION = 'cairn.ablation'

/**
 * Trains a model, measures it under each protocol, and logs the run. Takes minutes of computation: run it in a separate
 * process. Trains nothing while baselines are missing, unless the request allows it.
 *
 * @throws INVALID_PARAMETER_VALUE for invalid parameters, before reading data
 */
export async function trainRecipe(
  context: TrainingContext,
): Promise<Exclude<TrainOutcome, { error: unknown }>> {
  const { request, tracking } = context
  const recipe = await getRecipe(request.kind)
  const { kind } = recipe
  const parameters = resolveParameters(recipe, request.parameters)
  const { experiment_id } = await tracking.experiments.ensure(request.experiment)
  const finished = await findFinished(tracking, experiment_id, request.task.taskRunId, kind)
  if (finished) return { values: valuesOf(finished, kind) }
  const data = await loadTrainingData(context)
  context.log.info(
    `${data.rows} ratings of ${data.interactions.users.size} users from ${data.name} ${data.digest}`,
  )
  if (!request.withoutBaselines) {
    const protocol = protocolsFor(data.interactions).primary.id
    const wanted = { digest: data.digest, protocol, kind }
    const missing = await missingBaselines(tracking, experiment_id, wanted)
    if (missing.length > 0) return { missing }
  }
  const runId = await trainOn(context, recipe, { parameters, data })
  return { values: valuesOf(await tracking.runs.get(runId), kind) }
}

/** @returns the id of the run */
function trainOn(
  context: TrainingContext,
  recipe: Recipe,
  { parameters, data }: Pick<Training, 'parameters' | 'data'>,
): Promise<string> {
  const { tracking, request } = context
  const runOptions = {
    client: tracking,
    experiment: request.experiment,
    name: recipe.title,
    tags: tagsOf(request),
    systemMetricsMs: SYSTEM_METRICS_MS,
    strict: true,
  }
  return reportedRun(context, runOptions, async (run) => {
    await logTraining(context, { recipe, parameters, data, run })
    return run.id
  })
}

async function reportedRun<T>(
  { onRun }: TrainingContext,
  options: RunOptions,
  body: (run: Run) => Promise<T>,
): Promise<T> {
  let id: string | undefined
  try {
    return await withRun(options, (run) => {
      id = run.id
      onRun({ started: id })
      return body(run)
    })
  } finally {
    if (id) onRun({ ended: id })
  }
}

async function logTraining(context: TrainingContext, training: Training) {
  const { recipe, parameters, data, run } = training
  const { interactions, facts, digest } = data
  const { kind } = recipe
  const { checkpoints, ablations = false } = context.request
  const protocols = protocolsFor(interactions)
  const params = { model: kind, ...toLoggable(parameters) }
  if (recipe.caution) context.log.warn(recipe.caution)
  await run.logParams({ ...params, protocol: protocols.primary.id })
  await run.logInput(datasetOf(data), 'training')
  const metadata = { protocol: protocols.primary.id, data_digest: digest }
  const result = await fitAndMeasure(
    { kind, parameters, interactions, facts, protocols, metadata, checkpoints, ablations },
    (step, logged) => showStep(context, run, step, logged),
  )
  context.log.info(describe(result.measured[0]))
  await run.logMetrics({ ...costs(), serving_cpu_ms: result.servingCpuMs })
  const model = await logModel(run, recipe, result.files, params)
  await logMeasured(training, result.measured, model.modelId)
  for (const ablation of result.ablations) await logAblation(context, training, ablation)
  context.log.info(`logged ${model.modelUri}`)
}

/** The costs of this process, which trains one model. */
function costs() {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  return { peak_memory_bytes: maxRSS * 1024, cpu_seconds: (userCPUTime + systemCPUTime) / 1e6 }
}

function showStep({ progress, log }: TrainingContext, run: Run, step: FitStep, logged: boolean) {
  const { done, total, unit, message, metrics } = step
  progress({ done, total, unit, ...(message !== undefined && { message }) })
  if (logged && metrics)
    run.logMetrics(metrics, { step: done }).catch((error: unknown) => log.warn(messageOf(error)))
}

/** Logs the measurement without one part as a child run. */
async function logAblation(
  context: TrainingContext,
  { recipe, data }: Pick<Training, 'recipe' | 'data'>,
  { without, measured }: AblationResult,
) {
  const tags = {
    [ABLATION]: without,
    [EVALUATION_TAGS.protocol]: measured.protocol,
    [EVALUATION_TAGS.dataDigest]: data.digest,
    [EVALUATION_TAGS.leakFlags]: JSON.stringify(flagsOf([measured])),
  }
  const options = { name: `${recipe.title} without ${without}`, tags, strict: true }
  await reportedRun(context, options, async (child) => {
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

async function logMeasured(
  { recipe, run, data }: Training,
  measured: readonly [ProtocolMeasurement, ...ProtocolMeasurement[]],
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
const tagsOf = ({ kind, task }: TrainRequest) => ({
  'mlflow.user': task.principal,
  ...(task.mlflowRunId && { 'mlflow.parentRunId': task.mlflowRunId }),
  'mlflow.source.name': task.taskKey,
  'mlflow.source.type': 'JOB',
  [TASK_RUN_TAG]: String(task.taskRunId),
  [JOB_RUN_TAG]: String(task.runId),
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

function describe({ summary, protocol }: ProtocolMeasurement): string {
  const { metrics, k, n_users } = summary
  const figures = [`precision ${metrics.precision.toFixed(4)}`, `recall ${metrics.recall.toFixed(4)}`]
  return `${protocol}: ${figures.join(', ')}, NDCG ${metrics.ndcg.toFixed(4)} at ${k} over ${n_users} users`
}

/** The values that downstream tasks compare. */
function valuesOf({ info, data, outputs }: RunRecord, kind: string) {
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
    serving_cpu_ms: metric('serving_cpu_ms'),
  }
}
