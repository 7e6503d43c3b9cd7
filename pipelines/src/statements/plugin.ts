import type { Db } from '@cairn/platform/db/db'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync } from 'fastify'
import type { TaskProcesses } from '../processes/task-processes.js'
import type { PipelinesSchema } from '../schema.js'
import { statementRoutes } from './routes.js'
import { Statements } from './statements.js'
import { StatementStore } from './store.js'

interface Options {
  readonly db: Db<PipelinesSchema>
  readonly context: ServiceContext
  readonly processes: TaskProcesses
}

/** Queries of callers over governed tables, outside of jobs. */
export const sqlStatements: FastifyPluginAsync<Options> = async (app, { db, context, processes }) => {
  const store = new StatementStore(db, context.now)
  const users = { processes, config: context.config }
  const statements = new Statements({ store, context, users, log: app.log })
  context.retention.add(store.retention())
  app.addHook('onListen', async () => statements.start())
  app.addHook('preClose', () => statements.close())
  await app.register(statementRoutes, { statements, store, context })
}
