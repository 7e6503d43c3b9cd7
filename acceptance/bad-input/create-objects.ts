import { api } from '../harness/api.js'
import type { KnownValues, OperationToTry } from './operations.js'

/** The name of all objects, so that it is valid in every field called `name`. */
const NAME = 'naughty'
const MLFLOW = '/api/2.0/mlflow'
const CATALOG = '/api/2.1/unity-catalog'
const SCIM = '/api/2.0/preview/scim/v2'

/**
 * Creates one object of each kind on an empty server, for the bad-input and fuzz suites: only the tested value of a request
 * is invalid.
 * @returns for an operation, the values of its fields that refer to these objects
 */
export async function createObjects(url: string): Promise<(operation: OperationToTry) => KnownValues> {
  const known: KnownValues = {
    ...inSchema,
    ...(await makeTracked(url)),
    ...(await makeGoverned(url)),
    ...alike(
      'key',
      'tag_key',
      'alias',
      'param_key',
      'metric_key',
      'experiment_name',
      'userName',
      'displayName',
    ),
    ...{ applicationId: NAME, application_id: NAME, task_key: NAME, version: '1', stage: 'Staging' },
    ...{ max_results: 10, securable_type: 'catalog', principal: 'owner', privilege: 'USE CATALOG' },
  }
  const ids = await makePeople(url)
  const { job_id, run_id } = await makeJob(url)
  const endpoint_id = await makeEndpoint(url)
  let made = 0
  return ({ id, path }) => ({
    ...known,
    ...namesIn(path),
    ...(path.includes('/jobs/') || path.includes('job-runs') ? { job_id, run_id, tasks: TASKS } : {}),
    ...(path.includes('serving') ? { id: endpoint_id, served_entities: SERVED } : {}),
    ...(path.includes('logged-models') ? { status: 'LOGGED_MODEL_READY' } : {}),
    ...Object.fromEntries(
      Object.entries(ids).flatMap(([part, one]) => (path.includes(part) ? [['id', one]] : [])),
    ),
    ...(/^create(?!Token|Obo|Run|ModelVersion)/.test(id) ? fresh(`${NAME}${made++}`) : {}),
  })
}

const inSchema = { catalog_name: NAME, schema_name: NAME }
const SERVED = [{ entity_name: NAME, entity_version: '1' }]
const NODE_TASK = { entry: 'models/gate', parameters: { model: NAME, version: '1' } }
const TASKS = [{ task_key: NAME, node_task: NODE_TASK }]

const alike = (...names: readonly string[]): KnownValues =>
  Object.fromEntries(names.map((name) => [name, NAME]))

const fresh = (name: string): KnownValues => ({
  name,
  userName: name,
  displayName: name,
  applicationId: name,
})

async function makeTracked(url: string): Promise<KnownValues> {
  const { post } = api(url)
  const experiment = { name: NAME }
  const { experiment_id } = await post<{ experiment_id: string }>(`${MLFLOW}/experiments/create`, experiment)
  const { run } = await post<{ run: { info: { run_id: string; artifact_uri: string } } }>(
    `${MLFLOW}/runs/create`,
    { experiment_id },
  )
  const { run_id, artifact_uri } = run.info
  const source = `${artifact_uri}/model`
  await post(`${MLFLOW}/registered-models/create`, { name: NAME })
  await post(`${MLFLOW}/model-versions/create`, { name: NAME, source, run_id })
  await post(`${MLFLOW}/registered-models/alias`, { name: NAME, alias: NAME, version: '1' })
  const { model } = await post<{ model: { info: { model_id: string } } }>(`${MLFLOW}/logged-models`, {
    experiment_id,
    name: NAME,
  })
  const { model_id } = model.info
  const traced = { ...(await makeTrace(url, experiment_id)), ...(await makeJudges(url, experiment_id)) }
  const lists = { experiment_ids: [experiment_id], run_ids: [run_id] }
  const model_json = JSON.stringify({ run_id, artifact_path: 'model', flavors: {}, utc_time_created: '0' })
  return { experiment_id, run_id, model_id, source, model_json, ...lists, ...traced }
}

async function makeTrace(url: string, experiment_id: string): Promise<KnownValues> {
  const { post } = api(url)
  const trace_id = 'tr-naughty'
  const trace_location = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id } }
  await post('/api/3.0/mlflow/traces', { trace: { trace_info: { trace_id, trace_location } } })
  const judgement = { assessment_name: NAME, feedback: { value: NAME } }
  const { assessment } = await post<{ assessment: { assessment_id: string } }>(
    `/api/3.0/mlflow/traces/${trace_id}/assessments`,
    { assessment: judgement },
  )
  const { assessment_id } = assessment
  const filters = { filter_string1: "status = 'OK'", filter_string2: "status = 'OK'", filters: [] }
  const names = { request_id: trace_id, trace_id, trace_ids: [trace_id], assessment_id, trace_location }
  return {
    ...names,
    ...filters,
    feedback: judgement.feedback,
    metric_name: 'trace_count',
    update_mask: 'feedback',
  }
}

/** Creates an evaluation dataset, a scorer and an issue. */
async function makeJudges(url: string, experiment_id: string): Promise<KnownValues> {
  const { post } = api(url)
  const base = '/api/3.0/mlflow'
  const { dataset } = await post<{ dataset: { dataset_id: string } }>(`${base}/datasets/create`, {
    name: NAME,
    experiment_ids: [experiment_id],
  })
  const { dataset_id } = dataset
  const records = JSON.stringify([{ inputs: { q: NAME }, expectations: { a: NAME } }])
  await post(`${base}/datasets/${dataset_id}/records`, { records })
  await post(`${base}/scorers/register`, { experiment_id, name: NAME, serialized_scorer: '{}' })
  const described = { description: NAME, status: 'pending', severity: 'low' }
  const { issue } = await post<{ issue: { issue_id: string } }>(`${base}/issues`, {
    experiment_id,
    name: NAME,
    ...described,
  })
  const { issue_id } = issue
  return { dataset_id, records, serialized_scorer: '{}', issue_id, root_causes: [NAME], categories: [NAME] }
}

async function makeGoverned(url: string): Promise<KnownValues> {
  const { post } = api(url)
  await post(`${CATALOG}/catalogs`, { name: NAME })
  await post(`${CATALOG}/schemas`, { name: NAME, catalog_name: NAME })
  const volume = { ...inSchema, name: NAME, volume_type: 'MANAGED' }
  const { volume_id } = await post<{ volume_id: string }>(`${CATALOG}/volumes`, volume)
  const staged = { ...inSchema, name: NAME }
  const { staging_location } = await post<{ staging_location: string }>(`${CATALOG}/staging-tables`, staged)
  const column = { name: 'n', type_name: 'LONG', type_text: 'bigint', type_json: '"long"', position: 0 }
  const table = {
    ...staged,
    table_type: 'MANAGED',
    data_source_format: 'DELTA',
    storage_location: staging_location,
    columns: [column],
  }
  const { table_id } = await post<{ table_id: string }>(`${CATALOG}/tables`, table)
  return { volume_id, table_id, url: staging_location }
}

async function makePeople(url: string): Promise<Record<string, string>> {
  const make = async (kind: string, body: KnownValues) =>
    (await api(url).post<{ id: string }>(`${SCIM}/${kind}`, body)).id
  const [user, group, service] = [
    await make('Users', { userName: NAME }),
    await make('Groups', { displayName: `${NAME}s` }),
    await make('ServicePrincipals', { applicationId: `${NAME}-service` }),
  ]
  return { '/Users/': user, '/Groups/': group, '/ServicePrincipals/': service }
}

async function makeJob(url: string) {
  const { post } = api(url)
  const { job_id } = await post<{ job_id: number }>('/api/2.2/jobs/create', { name: NAME, tasks: TASKS })
  const { run_id } = await post<{ run_id: number }>('/api/2.2/jobs/run-now', { job_id })
  return { job_id, run_id }
}

async function makeEndpoint(url: string): Promise<string> {
  const endpoint = { name: NAME, config: { served_entities: SERVED } }
  return (await api(url).post<{ id: string }>('/api/2.0/serving-endpoints', endpoint)).id
}

/** Full names of catalogs, schemas and tables have one, two and three parts. */
function namesIn(path: string): KnownValues {
  if (path.includes('/schemas/')) return { full_name: `${NAME}.${NAME}`, name: NAME }
  if (/\/(tables|volumes)\//.test(path)) {
    const name = `${NAME}.${NAME}.${NAME}`
    return { full_name: name, name }
  }
  return { full_name: NAME, name: NAME }
}
