import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@cairn/platform/config'
import type { RouteOptions } from 'fastify'
import { expect, onTestFinished, test, vi } from 'vitest'

/**
 * Routes without authentication: pages and what they load before sign-in, server facts for MLflow's clients, and routes
 * that carry a secret in their URL or body.
 */
const OPEN = [
  /^\/(movies|index\.html|assets|\*)?($|\/)/,
  /^\/[\w.-]+\.(svg|png|ico|js|css|woff2|webmanifest|txt|json)$/,
  /^\/version$/,
  /^\/v2(\/health\/(live|ready))?$/,
  /^\/(ajax-)?api\/3\.0\/mlflow\/(server-info|ui-telemetry|workspaces(\/:workspace_name)?)$/,
  /^\/ajax-api\/3\.0\/mlflow\/assistant\/(config|providers)$|^\/ajax-api\/2\.0\/mlflow\/users\/current$/,
  /^\/(ajax-)?api\/[23]\.0\/mlflow\/gateway/,
  /^\/oidc\/v1\/token$|^\/\.well-known\/databricks-config$/,
  /^\/api\/2\.0\/mlflow-artifacts\/mpu\/parts\/:upload_id\/:number$/,
  /^\/api\/2\.0\/mlflow-artifacts\/tickets\/:ticket\/\*$/,
  /^\/api\/cairn\/v1\/s3\/:bucket/,
]

test('every route declares its right, and only known routes need none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-rights-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  // A server configures DuckDB, which files before this one in the same process may have opened.
  vi.resetModules()
  const { createServiceContext } = await import('./service-context.js')
  const { registerServices } = await import('./services.js')
  const { app, context } = await createServiceContext(
    loadConfig({ CAIRN_LOG_LEVEL: 'silent' }, { data: folder }),
  )
  onTestFinished(() => app.close())
  const registered: RouteOptions[] = []
  app.addHook('onRoute', (route) => void registered.push(route))
  await registerServices(app, context, '')
  await app.ready()
  const routes = registered.map(({ url, method, config }) => ({ url, method, right: config?.right }))
  expect(routes.length).toBeGreaterThan(400)
  expect(routes.filter(({ right }) => right === undefined)).toEqual([])
  const open = routes.filter(({ right }) => right === 'anyone').map(({ url }) => url)
  expect(open.filter((url) => !OPEN.some((known) => known.test(url)))).toEqual([])
})
