import { type MatrixRequest, permissionRows } from './requests.js'

/** A serving endpoint, whose model has no files and so is never loaded. */
export interface EndpointWorld {
  readonly endpoint: string
  readonly endpoint_id: string
}
type Row = (w: EndpointWorld) => MatrixRequest

const API = '/api/2.0/serving-endpoints'
const OURS = '/api/cairn/v1/serving-endpoints'
const QUERIES = '/serving-endpoints'
const OIP = '/v2/models'

/** A route below the endpoint, with its parameters filled in. */
const route = (
  method: string,
  base: string,
  path: string,
  {
    parameter = 'name',
    at = path,
    ...request
  }: { parameter?: string; at?: string } & Partial<MatrixRequest> = {},
): [string, Row] => [
  `${method} ${base}/:${parameter}${path}`,
  ({ endpoint }) => ({ url: `${base}/${endpoint}${at}`, ...request }),
]
const onModel = (method: string, path: string, request: object = {}) =>
  route(method, OIP, path, { parameter: 'model', at: path.replace(':version', 'm'), ...request })

/** The endpoint is being deployed, or its deployment has failed. */
const NEVER_LOADED = { status: [503, 400] } as const
/** The first deployment has not succeeded. */
const NO_DEPLOYMENT = { status: 400 } as const
const tensor = { inputs: [{ name: 'x', shape: [1], datatype: 'FP32', data: [1] }] }

/** A request of every route on endpoints. */
export const ENDPOINT_REQUESTS: Readonly<Record<string, Row>> = {
  ...permissionRows('serving-endpoints', ({ endpoint_id }) => endpoint_id),
  [`GET ${API}`]: () => ({ url: API }),
  'POST /v2/repository/index': () => ({ url: '/v2/repository/index', body: {}, lists: true }),
  ...Object.fromEntries([
    route('GET', API, ''),
    route('PUT', API, '/config', {
      body: { served_entities: [] },
      status: 400, // of the handler: it serves nothing
    }),
    route('PATCH', API, '/tags', { body: { add_tags: [{ key: 'k' }] } }),
    route('PUT', API, '/rate-limits', { body: { rate_limits: [] } }),
    route('PUT', API, '/ai-gateway', { body: {} }),
    route('PATCH', API, '/notifications', { body: {} }),
    route('PATCH', API, '/telemetry-config', { body: {} }),
    route('PATCH', API, '/system-metrics-export-state', { body: {} }),
    route('GET', API, '/metrics'),
    route('GET', API, '/openapi'),
    route('GET', API, '/served-models/:served_model_name/logs', { at: '/served-models/m/logs' }),
    route('GET', API, '/served-models/:served_model_name/build-logs', { at: '/served-models/m/build-logs' }),
    route('DELETE', API, ''),
    route('GET', OURS, '/deployments'),
    route('GET', OURS, '/deployments/:number/diff', { at: '/deployments/1/diff' }),
    route('POST', OURS, '/rollback', { body: {}, ...NO_DEPLOYMENT }),
    route('GET', OURS, '/shadow'),
    route('GET', OURS, '/drift'),
    route('POST', OURS, '/feedback', {
      body: { request_id: 'r', name: 'clicked', outcome: 1 },
      ...NO_DEPLOYMENT, // queries are not recorded
    }),
    route('GET', OURS, '/feedback/summary', NO_DEPLOYMENT),
    route('POST', QUERIES, '/invocations', { body: { inputs: [] }, ...NEVER_LOADED }),
    route('POST', QUERIES, '/served-models/:served_model_name/invocations', {
      at: '/served-models/m/invocations',
      body: { inputs: [] },
      ...NEVER_LOADED,
    }),
    onModel('GET', '', NEVER_LOADED),
    onModel('GET', '/ready', NEVER_LOADED),
    onModel('POST', '/infer', { body: tensor, ...NEVER_LOADED }),
    onModel('GET', '/versions/:version', { status: 404 }),
    onModel('GET', '/versions/:version/ready', { status: 404 }),
    onModel('POST', '/versions/:version/infer', { body: tensor, status: 404 }),
  ]),
}
