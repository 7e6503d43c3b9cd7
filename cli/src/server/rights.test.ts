import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing/test-server.js'

/**
 * Routes without authentication: pages and what they load before sign-in, server facts for MLflow's clients, and routes
 * that carry a secret in their URL or body.
 */
const OPEN = [
  /^\/(index\.html|assets|\*)?($|\/)|^\/movies(\/\*)?$/,
  /^\/[\w.-]+\.(svg|png|ico|js|css|woff2|webmanifest|txt|json)$/,
  /^\/version$/,
  /^\/v2(\/health\/(live|ready))?$/,
  /^\/(ajax-)?api\/3\.0\/mlflow\/(server-info|ui-telemetry|workspaces(\/:workspace_name(\/permissions)?)?|workspace-permissions)$/,
  /^\/ajax-api\/3\.0\/mlflow\/assistant\/(config|providers)$|^\/signup$/,
  /^\/(ajax-)?api\/[23]\.0\/mlflow\/gateway/,
  /^\/oidc\/v1\/token$|^\/\.well-known\/databricks-config$/,
  /^\/api\/2\.0\/mlflow-artifacts\/mpu\/parts\/:upload_id\/:number$/,
  /^\/api\/2\.0\/mlflow-artifacts\/tickets\/:ticket\/\*$/,
  /^\/api\/cairn\/v1\/s3\/:bucket/,
  /^\/api\/cairn\/v1\/(sign-in|sign-out|sso\/(start|callback)|invites\/(look-up|accept))$/,
]

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server?.close())

const allRoutes = () =>
  server.routes.map(({ url, method, config }) => ({
    url,
    method: [method].flat()[0]!,
    right: config?.right,
    scope: config?.scope,
  }))

test('every route declares its right, and only known routes need none', () => {
  const routes = allRoutes()
  expect(routes.length).toBeGreaterThan(400)
  expect(routes.filter(({ right }) => right === undefined)).toEqual([])
  const open = routes.filter(({ right }) => right === 'anyone').map(({ url }) => url)
  expect(open.filter((url) => !OPEN.some((known) => known.test(url)))).toEqual([])
})

test('a token with a scope is refused by every route that does not declare it, even when the owner has it', async () => {
  const { app, context } = server
  const routes = allRoutes()
  const options = { scopes: ['serving:movies'] }
  const { secret } = await context.tokens.issue(LOCAL_OWNER.id, 'test', options)
  const admitted: string[] = []
  for (const { url, method, right, scope } of routes) {
    if (right === 'anyone' || scope === 'any') continue
    const path = url
      .replaceAll(/:(name|model)(?=\/|$)/g, 'movies')
      .replaceAll(/::|:\w+|\*/g, (part) => (part === '::' ? ':' : '1'))
    const headers = { authorization: `Bearer ${secret}` }
    const answer = await app.inject({ method: method as 'GET', url: path, headers })
    if (answer.statusCode !== 403) admitted.push(`${method} ${url}`)
    else if (method !== 'HEAD') expect(answer.body).toContain('serving:movies')
  }
  expect(admitted.filter((route) => !route.startsWith('HEAD '))).toEqual([
    'POST /serving-endpoints/:name/invocations',
    'POST /serving-endpoints/:name/served-models/:served_model_name/invocations',
    'GET /v2/models/:model',
    'GET /v2/models/:model/ready',
    'GET /v2/models/:model/versions/:version',
    'GET /v2/models/:model/versions/:version/ready',
    'POST /v2/models/:model/infer',
    'POST /v2/models/:model/versions/:version/infer',
  ])
  for (const { url, method } of routes.filter(({ scope }) => scope?.startsWith('serving:'))) {
    const path = url.replaceAll(/:(name|model)(?=\/|$)/g, 'other').replaceAll(/:\w+/g, '1')
    const headers = { authorization: `Bearer ${secret}` }
    expect((await app.inject({ method: method as 'GET', url: path, headers })).statusCode).toBe(403)
  }
})

test.each([
  [
    'read',
    [
      'GET /api/2.0/mlflow/runs/get',
      'POST /api/2.0/mlflow/runs/search',
      'POST /api/2.0/mlflow/unity-catalog/model-versions/emit-lineage',
      'GET /api/2.2/jobs/list',
      'GET /api/2.1/unity-catalog/catalogs',
      'GET /api/2.0/serving-endpoints',
      'POST /api/2.0/sql/statements',
    ],
    [
      'GET /api/2.0/secrets/get',
      'POST /api/2.0/mlflow/runs/create',
      'POST /api/2.0/token/create',
      'DELETE /api/2.1/unity-catalog/catalogs/x',
    ],
  ],
  [
    'tracking',
    ['POST /api/2.0/mlflow/runs/create', 'GET /api/2.0/mlflow/runs/get'],
    ['GET /api/2.2/jobs/list', 'GET /api/2.1/unity-catalog/catalogs'],
  ],
  ['registry', ['POST /api/2.0/mlflow/registered-models/create'], ['POST /api/2.0/mlflow/runs/create']],
  [
    'catalog',
    [
      'GET /api/2.1/unity-catalog/catalogs',
      'DELETE /api/2.1/unity-catalog/catalogs/x',
      'POST /api/2.0/sql/statements',
      'GET /api/2.0/sql/statements/1',
    ],
    [
      'POST /api/2.0/token/create',
      'POST /api/2.0/preview/scim/v2/Users',
      'PATCH /api/2.1/unity-catalog/permissions/catalog/x',
      'POST /api/cairn/v1/invites',
      'POST /api/2.0/mlflow/runs/create',
    ],
  ],
  [
    'jobs',
    ['GET /api/2.2/jobs/list', 'POST /api/2.2/jobs/run-now'],
    [
      'POST /api/2.2/jobs/create',
      'POST /api/2.1/jobs/reset',
      'POST /api/2.2/jobs/update',
      'POST /api/2.2/jobs/runs/submit',
      'POST /api/2.0/mlflow/runs/create',
      'POST /serving-endpoints/x/invocations',
      'POST /api/2.0/sql/statements',
      'GET /api/2.0/sql/statements/1',
    ],
  ],
  [
    'workspace',
    [
      'GET /api/2.0/secrets/scopes/list',
      'POST /api/2.0/secrets/put',
      'GET /api/2.0/secrets/get',
      'POST /api/2.0/workspace/mkdirs',
    ],
    [
      'POST /api/2.0/secrets/acls/put',
      'POST /api/2.0/secrets/acls/delete',
      'POST /api/cairn/v1/secrets/rotate-key',
      'PATCH /api/2.0/permissions/directories/1',
      'GET /api/2.2/jobs/list',
    ],
  ],
])(
  'a token with the scope %s is admitted where its service is, and never to change identities or grants',
  async (scope, admitted, refused) => {
    const { app, context } = server
    const { secret } = await context.tokens.issue(LOCAL_OWNER.id, 'test', { scopes: [scope] })
    const statusOf = async (route: string) => {
      const [method, url] = route.split(' ') as ['GET', string]
      const headers = { authorization: `Bearer ${secret}` }
      return (await app.inject({ method, url, headers, ...(method !== 'GET' && { payload: {} }) })).statusCode
    }
    for (const route of admitted) expect([route, await statusOf(route)]).not.toEqual([route, 403])
    for (const route of refused) expect([route, await statusOf(route)]).toEqual([route, 403])
  },
)
