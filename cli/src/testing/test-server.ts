import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { METASTORE } from '@cairn/platform/auth/metastore'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { loadConfig } from '@cairn/platform/config'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import type { ServiceContext } from '@cairn/platform/service-context'
import { databases, type TestDatabase } from '@cairn/platform/testing/databases'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { createServiceContext } from '../server/service-context.js'
import { registerServices } from '../server/services.js'

export interface TestServer {
  readonly app: FastifyInstance
  readonly context: ServiceContext
  readonly routes: readonly RouteOptions[]
  /** Creates a user with these privileges on the metastore. @returns a token of the user */
  createUser(name: string, ...privileges: Privilege[]): Promise<string>
  close(): Promise<void>
}

interface TestServerOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly database?: TestDatabase
  /** Default: all. */
  readonly services?: string
}

/** Starts the services of `cairn up` in this process, on a new database and data folder. */
export async function testServer({
  env = {},
  database = databases[0]![1],
  services = '',
}: TestServerOptions = {}): Promise<TestServer> {
  const data = await mkdtemp(join(tmpdir(), 'cairn-server-'))
  const opened = await database.open()
  const config = loadConfig({ CAIRN_LOG_LEVEL: 'silent', ...env }, { data, database_url: opened.url })
  const { app, context } = await createServiceContext(config)
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => void routes.push(route))
  await registerServices(app, context, services)
  await app.ready()
  return {
    app,
    context,
    routes,
    async createUser(name, ...add) {
      const { id } = await context.identities.create('user', name)
      if (add.length > 0)
        await context.grants.change(METASTORE[0], [{ principal_id: id, add, remove: [] }], LOCAL_OWNER)
      return (await context.tokens.issue(id, 'test')).secret
    },
    async close() {
      await app.close()
      await opened.close()
      await rm(data, { recursive: true, force: true })
    },
  }
}
