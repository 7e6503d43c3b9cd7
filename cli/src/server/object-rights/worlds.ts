import { EXPERIMENT_REQUESTS, type ExperimentWorld } from './experiment-requests.js'
import { type JobWorld, SETTINGS } from './job-requests.js'
import type { ModelWorld } from './model-requests.js'
import type { MatrixRequest } from './requests.js'

type World<Kind> = Kind & Readonly<Record<string, string>>

/** Somebody who creates objects. */
export interface Creator {
  readonly name: string
  /** @throws Error for a response that is not 2xx. @returns its JSON */
  // biome-ignore lint/suspicious/noExplicitAny: answers of many endpoints
  send(method: string, request: MatrixRequest): Promise<any>
}

const M2 = '/api/2.0/mlflow'
const M3 = '/api/3.0/mlflow'

/** Ids in the format of an experiment and its contents, which no object has. */
export const ABSENT_EXPERIMENT: World<ExperimentWorld> = {
  experiment_id: '987654321',
  experiment_name: 'canary-absent',
  run_id: '0'.repeat(32),
  trace_id: `tr-${'0'.repeat(32)}`,
  assessment_id: `a-${'0'.repeat(32)}`,
  model_id: `m-${'0'.repeat(32)}`,
  dataset_id: `d-${'0'.repeat(32)}`,
  issue_id: `iss-${'0'.repeat(32)}`,
}

/** Creates an experiment with all that can be in one. @param number is unique */
export async function createExperimentWorld(
  creator: Creator,
  experiment_name: string,
  number: number,
): Promise<World<ExperimentWorld>> {
  const post = (url: string, body: unknown) => creator.send('POST', { url, body })
  const tag = { key: 'tag', value: experiment_name }
  const { experiment_id } = await post(`${M2}/experiments/create`, { name: experiment_name, tags: [tag] })
  const { run } = await post(`${M2}/runs/create`, { experiment_id, user_id: 'somebody', tags: [tag] })
  const { run_id, user_id } = run.info
  if (user_id !== creator.name) throw new Error(`The run belongs to '${user_id}', not to '${creator.name}'.`)
  await post(`${M2}/runs/log-metric`, { run_id, key: 'm', value: 1, timestamp: 1 })
  await post(`${M2}/runs/log-parameter`, { run_id, key: 'p', value: experiment_name })
  const { model } = await post(`${M2}/logged-models`, { experiment_id, name: 'model', tags: [tag] })
  const trace_id = `tr-${String(number).padStart(32, 'f')}`
  await post(`${M3}/traces`, {
    trace: {
      trace_info: {
        ...{ trace_id, state: 'OK', tags: { tag: experiment_name } },
        trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id } },
      },
    },
  })
  const withSpans = EXPERIMENT_REQUESTS['POST /v1/traces']!
  await creator.send('POST', withSpans({ ...ABSENT_EXPERIMENT, experiment_id, trace_id }))
  const { assessment } = await post(`${M3}/traces/${trace_id}/assessments`, {
    assessment: { assessment_name: 'canary', feedback: { value: 1 } },
  })
  const { dataset } = await post(`${M3}/datasets/create`, {
    ...{ name: `canary-${number}`, experiment_ids: [experiment_id], tags: '{"tag":"canary"}' },
  })
  const { issue } = await post(`${M3}/issues`, { experiment_id, name: 'canary', description: 'd' })
  await post(`${M3}/scorers/register`, { experiment_id, name: 'scorer', serialized_scorer: '{"a":1}' })
  for (const path of [`${experiment_id}/${run_id}`, `${experiment_id}/models/${model.info.model_id}`])
    await creator.send('PUT', {
      url: `/api/2.0/mlflow-artifacts/artifacts/${path}/artifacts/file`,
      body: { canary: experiment_name },
    })
  const world = { experiment_id, experiment_name, run_id, trace_id }
  const objects = { assessment_id: assessment.assessment_id, issue_id: issue.issue_id }
  return { ...world, ...objects, dataset_id: dataset.dataset_id, model_id: model.info.model_id }
}

/** Creates a registered model with a version and an alias. */
export async function createModelWorld({ send }: Creator, name: string): Promise<World<ModelWorld>> {
  const post = (url: string, body: unknown) => send('POST', { url: `${M2}${url}`, body })
  const tags = [{ key: 'tag', value: name }]
  await post('/registered-models/create', { name, tags, description: name })
  const { experiment_id } = await post('/experiments/create', { name: `of ${name}` })
  const { model } = await post('/logged-models', { experiment_id, name: 'm' })
  const source = `models:/${model.info.model_id}`
  await post('/model-versions/create', { name, source, tags })
  await post('/registered-models/alias', { name, alias: 'best', version: '1' })
  return { name }
}

/** Creates a job with a run. @param text is its description and a tag */
export async function createJobWorld({ name, send }: Creator, text: string): Promise<World<JobWorld>> {
  const described = { ...SETTINGS, description: text, tags: { tag: text } }
  const body = { ...described, run_as: { user_name: name } }
  const { job_id } = await send('POST', { url: '/api/2.2/jobs/create', body })
  const { run_id } = await send('POST', { url: '/api/2.2/jobs/run-now', body: { job_id } })
  return { job_id: String(job_id), run_id: String(run_id) }
}
