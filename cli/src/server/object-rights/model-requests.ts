import { type MatrixRequest, mlflowPermissionRows, permissionRows, query } from './requests.js'

/** A registered model with a version and an alias. */
export interface ModelWorld {
  readonly name: string
}
type Row = (w: ModelWorld) => MatrixRequest

const M2 = '/api/2.0/mlflow'
const CAIRN = '/api/cairn/v1/registered-models/:name'
const version = '1'

const post = (url: string, body: (w: ModelWorld) => object): [string, Row] => [
  `POST ${M2}${url}`,
  (w) => ({ url: `${M2}${url}`, body: { name: w.name, ...body(w) } }),
]
const sent = (method: string, url: string, body: object): [string, Row] => [
  `${method} ${M2}${url}`,
  ({ name }) => ({ url: `${M2}${url}`, body: { name, ...body } }),
]
const get = (url: string, parameters: Readonly<Record<string, string>> = {}): [string, Row] => [
  `GET ${M2}${url}`,
  ({ name }) => query(`${M2}${url}`, { name, ...parameters }),
]

const modelFile = (
  method: string,
  kind: string,
  path: string,
  status: number | readonly number[],
): [string, Row] => [
  `${method} /api/2.0/fs/${kind}/Models/*`,
  ({ name }) => ({
    url: `/api/2.0/fs/${kind}/Models/${name.replaceAll('.', '/')}/${version}/${path}`,
    ...(method === 'PUT' && { body: 'text', headers: { 'content-type': 'application/octet-stream' } }),
    status,
  }),
]

/** A request of every route on registered models. */
export const MODEL_REQUESTS: Readonly<Record<string, Row>> = {
  ...permissionRows('registered-models', ({ name }) => name),
  ...mlflowPermissionRows('registered-models', ({ name }) => ({ name })),
  ...Object.fromEntries([
    get('/registered-models/get'),
    post('/registered-models/rename', ({ name }) => ({ new_name: `${name}-renamed` })),
    sent('PATCH', '/registered-models/update', { description: 'd' }),
    sent('DELETE', '/registered-models/delete', {}),
    post('/registered-models/get-latest-versions', () => ({})),
    get('/registered-models/get-latest-versions'),
    post('/registered-models/set-tag', () => ({ key: 'k', value: 'v' })),
    sent('DELETE', '/registered-models/delete-tag', { key: 'tag' }),
    post('/registered-models/alias', () => ({ alias: 'other', version })),
    sent('DELETE', '/registered-models/alias', { alias: 'best' }),
    get('/registered-models/alias', { alias: 'best' }),
    post('/model-versions/create', ({ name }) => ({ source: `models:/${name}/1` })),
    get('/model-versions/get', { version }),
    sent('PATCH', '/model-versions/update', { version, description: 'd' }),
    sent('DELETE', '/model-versions/delete', { version }),
    post('/model-versions/transition-stage', () => ({ version, stage: 'Production' })),
    get('/databricks/registered-models/get'),
    post('/databricks/model-versions/transition-stage', () => ({ version, stage: 'Production' })),
    get('/model-versions/get-download-uri', { version }),
    post('/model-versions/set-tag', () => ({ version, key: 'k', value: 'v' })),
    sent('DELETE', '/model-versions/delete-tag', { version, key: 'tag' }),
    sent('PATCH', '/unity-catalog/registered-models/update', { description: 'd' }),
    post('/unity-catalog/model-versions/finalize', () => ({ version })),
    post('/unity-catalog/model-versions/emit-lineage', () => ({ version })),
    modelFile('GET', 'files', 'file', 404), // the version has no files
    modelFile('PUT', 'files', 'file', [404, 409]), // 404 for those who may not read the source
    modelFile('GET', 'directories', '', 404),
  ]),
  [`GET ${M2}/registered-models/search`]: () => ({ url: `${M2}/registered-models/search` }),
  [`GET ${M2}/registered-models/list`]: () => ({ url: `${M2}/registered-models/list` }),
  [`GET ${M2}/model-versions/search`]: () => ({ url: `${M2}/model-versions/search` }),
  'GET /model-versions/get-artifact': ({ name }) => ({
    ...query('/model-versions/get-artifact', { name, version, path: 'file' }),
    status: 404, // the version has no files
  }),
  [`POST ${CAIRN}/promotions`]: ({ name }) => ({
    url: `/api/cairn/v1/registered-models/${name}/promotions`,
    body: { version, alias: 'champion', force: true, reason: 'test' },
  }),
  [`GET ${CAIRN}/alias-moves`]: ({ name }) => ({
    url: `/api/cairn/v1/registered-models/${name}/alias-moves`,
  }),
  [`GET ${CAIRN}/promotions`]: ({ name }) => ({ url: `/api/cairn/v1/registered-models/${name}/promotions` }),
  [`GET ${CAIRN}/gate`]: ({ name }) => query(`/api/cairn/v1/registered-models/${name}/gate`, { version }),
}
