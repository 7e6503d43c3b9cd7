import { alertRuleRows, type MatrixRequest, mlflowPermissionRows, permissionRows, query } from './requests.js'
import { VIEWS_AND_COMMENTS } from './view-and-comment-requests.js'

/** The ids of an experiment and of what is in it. */
export interface ExperimentWorld {
  readonly experiment_id: string
  readonly experiment_name: string
  readonly run_id: string
  readonly trace_id: string
  readonly assessment_id: string
  readonly model_id: string
  readonly dataset_id: string
  readonly issue_id: string
}

export type ExperimentRow = (w: ExperimentWorld) => MatrixRequest
type Row = ExperimentRow

const M2 = '/api/2.0/mlflow'
const M3 = '/api/3.0/mlflow'
const ARTIFACTS = '/api/2.0/mlflow-artifacts'
const folder = (w: ExperimentWorld) => `${w.experiment_id}/${w.run_id}/artifacts`
const span = (trace_id: string) => ({
  ...{ traceId: trace_id.replace('tr-', ''), spanId: 'b'.repeat(16), name: 's' },
  ...{ startTimeUnixNano: '1', endTimeUnixNano: '2' },
})
const spans = (trace_id: string) => ({ resourceSpans: [{ scopeSpans: [{ spans: [span(trace_id)] }] }] })
const metric = { key: 'm', value: 1, timestamp: 1 }
const aTrace = (w: ExperimentWorld) => ({
  ...{ trace_id: w.trace_id, state: 'OK' },
  trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: w.experiment_id } },
})
const scorer = (w: ExperimentWorld) => ({ experiment_id: w.experiment_id, name: 'scorer' })

const named = (path: string, body: object = {}, status?: number): [string, Row] => [
  `POST ${M2}/${path}`,
  ({ experiment_id: id }) => ({
    ...{ url: `${M2}/${path}`, body: { experiment_id: id, ...body } },
    ...(status && { status }),
  }),
]

const experiments: Readonly<Record<string, Row>> = {
  [`GET ${M2}/experiments/get`]: ({ experiment_id }) => query(`${M2}/experiments/get`, { experiment_id }),
  [`GET ${M2}/experiments/get-by-name`]: ({ experiment_name }) =>
    query(`${M2}/experiments/get-by-name`, { experiment_name }),
  [`POST ${M2}/experiments/search`]: () => ({ url: `${M2}/experiments/search`, body: { max_results: 10 } }),
  [`GET ${M2}/experiments/search`]: () => query(`${M2}/experiments/search`, { max_results: '10' }),
  [`GET ${M2}/experiments/list`]: () => ({ url: `${M2}/experiments/list` }),
  [`POST ${M2}/experiments/update`]: ({ experiment_id, experiment_name }) => ({
    url: `${M2}/experiments/update`,
    body: { experiment_id, new_name: experiment_name },
  }),
  ...Object.fromEntries([
    named('experiments/delete'),
    named('experiments/restore', {}, 404), // it is not deleted
    named('experiments/set-experiment-tag', { key: 'k', value: 'v' }),
    named('experiments/delete-experiment-tag', { key: 'tag' }),
    named('databricks/runs/delete-runs', { max_timestamp_millis: 0 }),
    named('databricks/runs/restore-runs', { min_timestamp_millis: 0 }),
  ]),
  [`POST ${M2}/experiments/search-datasets`]: ({ experiment_id }) => ({
    url: `${M2}/experiments/search-datasets`,
    body: { experiment_ids: [experiment_id] },
  }),
}

const runs: Readonly<Record<string, Row>> = {
  [`POST ${M2}/runs/create`]: ({ experiment_id }) => ({ url: `${M2}/runs/create`, body: { experiment_id } }),
  [`GET ${M2}/runs/get`]: ({ run_id }) => query(`${M2}/runs/get`, { run_uuid: run_id }),
  [`POST ${M2}/runs/search`]: ({ experiment_id }) => ({
    url: `${M2}/runs/search`,
    body: { experiment_ids: [experiment_id] },
  }),
  ...runPosts({
    update: { status: 'FINISHED' },
    delete: {},
    restore: {},
    'log-metric': metric,
    'log-parameter': { key: 'q', value: '1' },
    'set-tag': { key: 'k', value: 'v' },
    'delete-tag': { key: 'tag' },
    'log-batch': { metrics: [metric] },
    'log-inputs': {},
    outputs: {},
    'log-model': { model_json: '{"artifact_path":"m","run_id":"x","utc_time_created":"1","flavors":{}}' },
  }),
  'POST /ajax-api/2.0/mlflow/runs/create-promptlab-run': ({ experiment_id }) => ({
    url: '/ajax-api/2.0/mlflow/runs/create-promptlab-run',
    body: {
      ...{ experiment_id, prompt_template: 't', prompt_parameters: [{ key: 'a', value: 'b' }] },
      ...{ model_route: 'r', model_input: 'i', model_output: 'o', mlflow_version: '3' },
      model_parameters: [{ key: 'a', value: 'b' }],
      model_output_parameters: [{ key: 'a', value: 'b' }],
    },
  }),
  'POST /api/cairn/v1/runs/batch-get': ({ run_id }) => ({
    url: '/api/cairn/v1/runs/batch-get',
    body: { run_ids: [run_id] },
  }),
  'POST /api/cairn/v1/runs/count': ({ experiment_id }) => ({
    url: '/api/cairn/v1/runs/count',
    body: { experiment_ids: [experiment_id] },
  }),
  ...VIEWS_AND_COMMENTS,
  'POST /api/cairn/v1/runs/group': ({ experiment_id }) => ({
    url: '/api/cairn/v1/runs/group',
    body: { experiment_ids: [experiment_id], by: { kind: 'params', key: 'p' } },
  }),
  'GET /api/cairn/v1/runs/values': ({ experiment_id }) =>
    query('/api/cairn/v1/runs/values', { experiment_id, kind: 'params', key: 'p' }),
  'GET /api/cairn/v1/runs/keys': ({ experiment_id }) => query('/api/cairn/v1/runs/keys', { experiment_id }),
  'POST /api/cairn/v1/runs/compare': ({ run_id }) => ({
    url: '/api/cairn/v1/runs/compare',
    body: { run_ids: [run_id] },
  }),
  'POST /api/cairn/v1/runs/purge': ({ run_id }) => ({
    url: '/api/cairn/v1/runs/purge',
    body: { run_ids: [run_id] },
    status: 400, // it is not deleted
  }),
  'POST /api/cairn/v1/runs/move': ({ run_id, experiment_id }) => ({
    url: '/api/cairn/v1/runs/move',
    body: { run_ids: [run_id], experiment_id },
  }),
  'POST /api/cairn/v1/runs/digests': ({ run_id }) => ({
    url: '/api/cairn/v1/runs/digests',
    body: { run_ids: [run_id] },
  }),
  [`GET ${M2}/metrics/get-history`]: ({ run_id }) =>
    query(`${M2}/metrics/get-history`, { run_id, metric_key: 'm' }),
  'GET /ajax-api/2.0/mlflow/metrics/get-history-bulk': ({ run_id }) =>
    query('/ajax-api/2.0/mlflow/metrics/get-history-bulk', { run_id, metric_key: 'm' }),
  [`GET ${M2}/metrics/get-history-bulk-interval`]: ({ run_id }) =>
    query(`${M2}/metrics/get-history-bulk-interval`, { run_ids: run_id, metric_key: 'm' }),
  'POST /api/cairn/v1/metrics/buckets': ({ run_id }) => ({
    url: '/api/cairn/v1/metrics/buckets',
    body: { run_ids: [run_id], metric_key: 'm' },
  }),
  'POST /api/cairn/v1/metrics/packed-buckets': ({ run_id }) => ({
    url: '/api/cairn/v1/metrics/packed-buckets',
    body: { run_ids: [run_id], metric_key: 'm' },
  }),
  'GET /api/cairn/v1/metrics/buckets': ({ run_id }) =>
    query('/api/cairn/v1/metrics/buckets', { run_ids: run_id, metric_key: 'm' }),
}

function runPosts(bodies: Readonly<Record<string, object>>): Record<string, Row> {
  return Object.fromEntries(
    Object.entries(bodies).map(([path, body]): [string, Row] => [
      `POST ${M2}/runs/${path}`,
      ({ run_id }) => ({ url: `${M2}/runs/${path}`, body: { run_id, ...body } }),
    ]),
  )
}

const MODEL = `${M2}/logged-models/:model_id`
const models: Readonly<Record<string, Row>> = {
  [`POST ${M2}/logged-models`]: ({ experiment_id }) => ({
    url: `${M2}/logged-models`,
    body: { experiment_id, name: 'n' },
  }),
  [`GET ${MODEL}`]: (w) => ({ url: at(MODEL, w) }),
  [`POST ${M2}/logged-models/search`]: ({ experiment_id }) => ({
    url: `${M2}/logged-models/search`,
    body: { experiment_ids: [experiment_id] },
  }),
  [`PATCH ${MODEL}`]: (w) => ({
    url: at(MODEL, w),
    body: { model_id: w.model_id, status: 'LOGGED_MODEL_READY' },
  }),
  [`POST ${MODEL}/params`]: (w) => ({
    url: at(`${MODEL}/params`, w),
    body: { model_id: w.model_id, params: [] },
  }),
  [`PATCH ${MODEL}/tags`]: (w) => ({
    url: at(`${MODEL}/tags`, w),
    body: { tags: [{ key: 'a', value: 'b' }] },
  }),
  [`DELETE ${MODEL}/tags/:tag_key`]: (w) => ({ url: at(`${MODEL}/tags/tag`, w) }),
  [`DELETE ${MODEL}`]: (w) => ({ url: at(MODEL, w) }),
  'POST /api/cairn/v1/logged-models/:model_id/versions': (w) => ({
    url: at('/api/cairn/v1/logged-models/:model_id/versions', w),
    body: { name: 'model', version: '1' },
  }),
  [`GET ${MODEL}/artifacts/directories`]: (w) => ({ url: at(`${MODEL}/artifacts/directories`, w) }),
  [`GET ${MODEL}/artifacts/files`]: (w) => ({
    url: `${at(`${MODEL}/artifacts/files`, w)}?artifact_file_path=file`,
  }),
}

const artifacts: Readonly<Record<string, Row>> = {
  [`GET ${M2}/artifacts/list`]: ({ run_id }) => query(`${M2}/artifacts/list`, { run_id }),
  'GET /embed-artifact': ({ run_id }) => ({
    ...query('/embed-artifact', { run_id, path: 'file.html' }),
    status: 404, // it has no such file
  }),
  'GET /get-artifact': ({ run_id }) => query('/get-artifact', { run_uuid: run_id, path: 'file' }),
  'POST /ajax-api/2.0/mlflow/upload-artifact': ({ run_id }) => ({
    ...query('/ajax-api/2.0/mlflow/upload-artifact', { run_uuid: run_id, path: 'up' }),
    body: { x: 1 },
  }),
  [`GET ${ARTIFACTS}/artifacts`]: (w) => query(`${ARTIFACTS}/artifacts`, { path: folder(w) }),
  [`GET ${ARTIFACTS}/artifacts/*`]: (w) => ({ url: `${ARTIFACTS}/artifacts/${folder(w)}/file` }),
  [`PUT ${ARTIFACTS}/artifacts/*`]: (w) => ({
    url: `${ARTIFACTS}/artifacts/${folder(w)}/up`,
    body: { x: 1 },
  }),
  [`DELETE ${ARTIFACTS}/artifacts/*`]: (w) => ({ url: `${ARTIFACTS}/artifacts/${folder(w)}/file` }),
  [`POST ${ARTIFACTS}/mpu/create/*`]: (w) => ({
    url: `${ARTIFACTS}/mpu/create/${folder(w)}`,
    body: { path: 'up', num_parts: 1 },
  }),
  [`POST ${ARTIFACTS}/mpu/complete/*`]: (w) => ({
    url: `${ARTIFACTS}/mpu/complete/${folder(w)}`,
    body: { path: 'up', upload_id: 'A'.repeat(32), parts: [{ part_number: 1, etag: 'x' }] },
    status: 404, // no such upload
  }),
  [`POST ${ARTIFACTS}/mpu/abort/*`]: (w) => ({
    url: `${ARTIFACTS}/mpu/abort/${folder(w)}`,
    body: { path: 'up', upload_id: 'A'.repeat(32) },
  }),
  [`POST ${M2}/artifacts/presigned-upload-url`]: ({ run_id }) => ({
    url: `${M2}/artifacts/presigned-upload-url`,
    body: { run_id, path: 'up' },
    status: 400, // the store is proxied
  }),
  [`POST ${M2}/artifacts/presigned-download-url`]: ({ model_id }) => ({
    url: `${M2}/artifacts/presigned-download-url`,
    body: { model_id, path: 'file' },
    status: 400,
  }),
  [`GET ${ARTIFACTS}/presigned/*`]: (w) => ({ url: `${ARTIFACTS}/presigned/${folder(w)}/file` }),
}

const TRACE = '/traces/:trace_id'
const SPANS = '/api/cairn/v1/traces/:trace_id/spans'
const ASSESSMENT = `${M3}${TRACE}/assessments`
const anAssessment = { assessment_name: 'a', feedback: { value: 1 } }
const traces: Readonly<Record<string, Row>> = {
  [`POST ${M3}/traces`]: (w) => ({ url: `${M3}/traces`, body: { trace: { trace_info: aTrace(w) } } }),
  [`GET ${M3}${TRACE}`]: (w) => ({ url: at(`${M3}${TRACE}`, w) }),
  [`POST ${M3}/traces/batchGetInfos`]: ({ trace_id }) => ({
    url: `${M3}/traces/batchGetInfos`,
    body: { trace_ids: [trace_id] },
  }),
  [`POST ${M3}/traces/search`]: (w) => ({
    url: `${M3}/traces/search`,
    body: { locations: [aTrace(w).trace_location] },
  }),
  ...Object.fromEntries(
    [M2, M3].flatMap((base): [string, Row][] => [
      [
        `PATCH ${base}${TRACE}/tags`,
        (w) => ({ url: at(`${base}${TRACE}/tags`, w), body: { key: 'k', value: 'v' } }),
      ],
      [`DELETE ${base}${TRACE}/tags`, (w) => ({ url: `${at(`${base}${TRACE}/tags`, w)}?key=tag` })],
      [
        `POST ${base}/traces/delete-traces`,
        ({ experiment_id, trace_id }) => ({
          url: `${base}/traces/delete-traces`,
          body: { experiment_id, request_ids: [trace_id] },
        }),
      ],
    ]),
  ),
  [`POST ${M2}/traces/link-to-run`]: ({ run_id, trace_id }) => ({
    url: `${M2}/traces/link-to-run`,
    body: { run_id, trace_ids: [trace_id] },
  }),
  [`POST ${M2}/traces/link-prompts`]: ({ trace_id }) => ({
    url: `${M2}/traces/link-prompts`,
    body: { trace_id, prompt_versions: [{ name: 'p', version: '1' }] },
  }),
  [`POST ${M3}/traces/calculate-filter-correlation`]: ({ experiment_id }) => ({
    url: `${M3}/traces/calculate-filter-correlation`,
    body: { experiment_ids: [experiment_id], filter_string1: "tag.a = '1'", filter_string2: "tag.b = '1'" },
  }),
  [`POST ${M2}/traces`]: ({ experiment_id }) => ({ url: `${M2}/traces`, body: { experiment_id } }),
  [`PATCH ${M2}/traces/:request_id`]: ({ trace_id }) => ({ url: `${M2}/traces/${trace_id}`, body: {} }),
  [`GET ${M2}/traces/:request_id/info`]: ({ trace_id }) => ({ url: `${M2}/traces/${trace_id}/info` }),
  [`GET ${M2}/traces`]: ({ experiment_id }) => query(`${M2}/traces`, { experiment_ids: experiment_id }),
  [`GET ${M3}/traces/get`]: ({ trace_id }) => query(`${M3}/traces/get`, { trace_id, allow_partial: 'true' }),
  [`GET ${M3}/traces/batchGet`]: ({ trace_id }) => query(`${M3}/traces/batchGet`, { trace_ids: trace_id }),
  [`GET ${SPANS}`]: (w) => ({ url: at(SPANS, w) }),
  [`GET ${SPANS}/:span_id`]: (w) => ({ url: `${at(SPANS, w)}/${'b'.repeat(16)}` }),
  'GET /ajax-api/2.0/mlflow/get-trace-artifact': ({ trace_id }) =>
    query('/ajax-api/2.0/mlflow/get-trace-artifact', { request_id: trace_id }),
  'GET /ajax-api/3.0/mlflow/get-trace-artifact': ({ trace_id }) =>
    query('/ajax-api/3.0/mlflow/get-trace-artifact', { request_id: trace_id }),
  [`POST ${M3}/traces/metrics`]: ({ experiment_id }) => ({
    url: `${M3}/traces/metrics`,
    body: {
      ...{ experiment_ids: [experiment_id], view_type: 'TRACES', metric_name: 'trace_count' },
      aggregations: [{ aggregation_type: 'COUNT' }],
    },
  }),
  [`POST ${ASSESSMENT}`]: (w) => ({ url: at(ASSESSMENT, w), body: { assessment: anAssessment } }),
  [`GET ${ASSESSMENT}/:assessment_id`]: (w) => ({ url: at(`${ASSESSMENT}/:assessment_id`, w) }),
  [`PATCH ${ASSESSMENT}/:assessment_id`]: (w) => ({
    url: at(`${ASSESSMENT}/:assessment_id`, w),
    body: { assessment: { rationale: 'r' }, update_mask: 'rationale' },
  }),
  [`DELETE ${ASSESSMENT}/:assessment_id`]: (w) => ({ url: at(`${ASSESSMENT}/:assessment_id`, w) }),
  'POST /v1/traces': ({ experiment_id, trace_id }) => ({
    url: '/v1/traces',
    body: spans(trace_id),
    headers: { 'x-mlflow-experiment-id': experiment_id },
  }),
  'POST /api/cairn/v1/traces/digests': ({ trace_id }) => ({
    url: '/api/cairn/v1/traces/digests',
    body: { trace_ids: [trace_id] },
  }),
}

const DATASET = `${M3}/datasets/:dataset_id`
const evaluation: Readonly<Record<string, Row>> = {
  [`POST ${M3}/datasets/create`]: ({ experiment_id }) => ({
    url: `${M3}/datasets/create`,
    body: { name: 'd', experiment_ids: [experiment_id] },
  }),
  [`GET ${DATASET}`]: (w) => ({ url: at(DATASET, w) }),
  [`DELETE ${DATASET}`]: (w) => ({ url: at(DATASET, w) }),
  [`POST ${M3}/datasets/search`]: () => ({ url: `${M3}/datasets/search`, body: {} }),
  [`GET ${M3}/datasets/search`]: ({ experiment_id }) =>
    query(`${M3}/datasets/search`, { experiment_ids: experiment_id }),
  [`PATCH ${DATASET}/tags`]: (w) => ({ url: at(`${DATASET}/tags`, w), body: { tags: '{"a":"b"}' } }),
  [`DELETE ${DATASET}/tags/:key`]: (w) => ({ url: at(`${DATASET}/tags/tag`, w) }),
  [`POST ${DATASET}/records`]: (w) => ({
    url: at(`${DATASET}/records`, w),
    body: { records: '[{"inputs":{"q":1}}]' },
  }),
  [`GET ${DATASET}/records`]: (w) => ({ url: at(`${DATASET}/records`, w) }),
  [`DELETE ${DATASET}/records`]: (w) => ({
    url: at(`${DATASET}/records`, w),
    body: { dataset_record_ids: ['x'] },
  }),
  [`GET ${DATASET}/experiment-ids`]: (w) => ({ url: at(`${DATASET}/experiment-ids`, w) }),
  [`POST ${DATASET}/add-experiments`]: (w) => ({
    url: at(`${DATASET}/add-experiments`, w),
    body: { experiment_ids: [w.experiment_id] },
  }),
  [`POST ${DATASET}/remove-experiments`]: (w) => ({
    url: at(`${DATASET}/remove-experiments`, w),
    body: { experiment_ids: [w.experiment_id] },
  }),
  [`POST ${M3}/scorers/register`]: (w) => ({
    url: `${M3}/scorers/register`,
    body: { ...scorer(w), serialized_scorer: '{"a":1}' },
  }),
  [`GET ${M3}/scorers/list`]: ({ experiment_id }) => query(`${M3}/scorers/list`, { experiment_id }),
  [`GET ${M3}/scorers/versions`]: (w) => query(`${M3}/scorers/versions`, scorer(w)),
  [`GET ${M3}/scorers/get`]: (w) => query(`${M3}/scorers/get`, scorer(w)),
  [`GET ${M3}/scorers/online-configs`]: () => query(`${M3}/scorers/online-configs`, { scorer_ids: 'x' }),
  [`DELETE ${M3}/scorers/delete`]: (w) => ({ url: `${M3}/scorers/delete`, body: scorer(w) }),
  [`POST ${M3}/issues`]: ({ experiment_id, run_id }) => ({
    url: `${M3}/issues`,
    body: { experiment_id, name: 'i', description: 'd', source_run_id: run_id },
  }),
  [`GET ${M3}/issues/:issue_id`]: (w) => ({ url: at(`${M3}/issues/:issue_id`, w) }),
  [`PATCH ${M3}/issues/:issue_id`]: (w) => ({ url: at(`${M3}/issues/:issue_id`, w), body: { name: 'j' } }),
  [`POST ${M3}/issues/search`]: () => ({ url: `${M3}/issues/search`, body: {} }),
}

/** A request of every route on experiments. */
export const EXPERIMENT_REQUESTS: Readonly<Record<string, Row>> = {
  ...permissionRows('experiments', ({ experiment_id }) => experiment_id),
  ...mlflowPermissionRows('experiments', ({ experiment_id }) => ({ experiment_id })),
  ...alertRuleRows('experiments', 'run_failed', ({ experiment_id }) => experiment_id),
  ...experiments,
  ...runs,
  ...models,
  ...artifacts,
  ...traces,
  ...evaluation,
}

/** Puts the ids of a world into the parameters of a route. */
function at(path: string, world: ExperimentWorld): string {
  return path.replaceAll(/:(\w+_id)\b/g, (_, name: keyof ExperimentWorld) => world[name])
}
