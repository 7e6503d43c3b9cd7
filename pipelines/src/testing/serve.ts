import type { Config } from '@cairn/platform/config'
import { openDb } from '@cairn/platform/db/open'
import type { Client } from '@cairn/platform/protocol/client'
import type { ServiceContext } from '@cairn/platform/service-context'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import type { TestDatabase } from '@cairn/platform/testing/databases'
import { pipelines } from '../plugin.js'
import type { Task } from '../task-kinds/task.js'

export interface ServedPipelines extends TestApp {
  readonly client: Client
  readonly url: string
}

/** Starts the pipelines service alone, with these tasks. */
export async function servePipelines(
  tasks: readonly Task[],
  options: {
    database?: TestDatabase
    redisUrl?: string
    concurrency?: number
    now?: () => number
    settings?: Partial<Config>
  } = {},
): Promise<ServedPipelines> {
  const { database, redisUrl = '', concurrency = 4, now, settings } = options
  const app = await testApp(
    async (server, context) => {
      const config = { ...context.config, redis_url: redisUrl, ...settings }
      await server.register(pipelines, {
        context: { ...context, config } as ServiceContext,
        tasks,
        concurrency,
      })
    },
    { ...(database && { database }), ...(now && { now }), ...(settings && { settings }) },
  )
  const url = await app.app.listen({ port: 0, host: '127.0.0.1' })
  return { ...app, client: app.context.client(), url }
}

/** Opens an existing database like a second process; closing does not delete it. */
export const existingDatabase = (url: string): TestDatabase => ({
  engine: url.startsWith('sqlite:') ? 'sqlite' : 'postgres',
  async open() {
    const db = openDb<unknown>(url)
    return { url, db, close: () => db.close() }
  },
})
