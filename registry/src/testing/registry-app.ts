import type { Config } from '@cairn/platform/config'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import type { TestDatabase } from '@cairn/platform/testing/databases'
import { registry } from '../plugin.js'

export interface RegistryApp extends TestApp {
  call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, input?: object): Promise<JsonResponse>
}

// biome-ignore lint/suspicious/noExplicitAny: tests read responses of any shape
type JsonResponse = { status: number } & Record<string, any>

/** The registry on a fresh database. A path without a leading slash is below MLflow's API. */
export async function registryApp(
  database: TestDatabase,
  settings: Partial<Config> = {},
): Promise<RegistryApp> {
  const served = await testApp(
    async (app, context) => {
      await app.register(registry, { context: { ...context, config: { ...context.config, ...settings } } })
    },
    { database },
  )
  return {
    ...served,
    async call(method, path, input = {}) {
      const url = path.startsWith('/') ? path : `/api/2.0/mlflow/${path}`
      const query = new URLSearchParams(
        Object.entries(input).flatMap(([key, value]) => [value].flat().map((one) => [key, String(one)])),
      )
      const response = await served.app.inject({
        method,
        url: method === 'GET' ? `${url}?${query}` : url,
        ...(method !== 'GET' && { payload: input }),
      })
      return { status: response.statusCode, ...response.json() }
    },
  }
}
