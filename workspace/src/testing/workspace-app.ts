import type { Config } from '@cairn/platform/config'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import type { TestDatabase } from '@cairn/platform/testing/databases'
import { workspace } from '../plugin.js'

// biome-ignore lint/suspicious/noExplicitAny: tests read responses of any shape
type JsonResponse = { status: number } & Record<string, any>

export interface WorkspaceApp extends TestApp {
  /** @param as name of the user, whom the first request creates; default: the local owner */
  call(method: 'GET' | 'POST', path: string, input?: object, as?: string): Promise<JsonResponse>
  token(user: string): Promise<string>
}

/** The workspace on a fresh database. Paths are below `/api/2.0`. */
export async function workspaceApp(
  database: TestDatabase,
  settings: Partial<Config> = {},
): Promise<WorkspaceApp> {
  const served = await testApp(async (app, context) => void (await app.register(workspace, { context })), {
    database,
    settings,
  })
  const tokens = new Map<string, Promise<string>>()
  const createToken = async (user: string) => {
    const { identities, tokens: issuer } = served.context
    const { id } = await identities.create('user', user)
    return (await issuer.issue(id, 'test')).secret
  }
  const token = (user: string) => {
    const known = tokens.get(user) ?? createToken(user)
    tokens.set(user, known)
    return known
  }
  return {
    ...served,
    token,
    async call(method, path, input = {}, as) {
      const query = new URLSearchParams(Object.entries(input).map(([key, value]) => [key, String(value)]))
      const url = `/api/2.0${path}`
      const response = await served.app.inject({
        method,
        url: method === 'GET' ? `${url}?${query}` : url,
        ...(as && { headers: { authorization: `Bearer ${await token(as)}` } }),
        ...(method !== 'GET' && { payload: input }),
      })
      return { status: response.statusCode, ...response.json() }
    },
  }
}
