import { inviteUrl } from '@cairn/platform/auth/invites'
import type { Config } from '@cairn/platform/config'
import type { Client } from '@cairn/platform/protocol/client'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyBaseLogger } from 'fastify'
import { followDataFolder } from '../database/follow-data-folder.js'
import { type DataLock, lockDataFolder } from './data-lock.js'
import { inviteFirstAdmin } from './first-admin.js'
import { listen } from './listen.js'
import { ensureMlflowAdmin } from './mlflow-auth/ensure-admin.js'
import { readMlflowAuth } from './mlflow-auth/read-config.js'
import { ensureOwnerToken } from './owner-token.js'
import { serverUrl } from './server-url.js'
import { createServiceContext } from './service-context.js'
import { registerServices } from './services.js'

export interface RunningServer {
  readonly url: string
  /** The requested port, if another one is used because it was taken. */
  readonly takenPort: number | undefined
  /** The owner's token, if it was created at this start; it cannot be shown again. */
  readonly ownerToken: string | undefined
  /** The link for the first administrator, if it was created at this start; it cannot be shown again. */
  readonly firstAdminUrl: string | undefined
  /** The link that sets the administrator's password, if the configured one is published; it cannot be shown again. */
  readonly adminPasswordUrl: string | undefined
  /** Acts as the owner. */
  readonly client: Client
  /** Answers requests while they arrive, for the configured time, then closes. */
  drain(): Promise<void>
  close(): Promise<void>
}

/** The composition root: starts the configured services in this process. */
export async function startServer(config: Config): Promise<RunningServer> {
  const lock = await lockDataFolder(config)
  try {
    return await startLocked(config, lock)
  } catch (error) {
    lock.release()
    throw error
  }
}

/** After the migrations of the services, and before they answer. */
async function followMoved(log: FastifyBaseLogger, { db, config }: ServiceContext) {
  const before = await followDataFolder(db, config)
  if (before)
    log.warn({ before, now: config.data }, 'the data folder has moved: locations of artifacts in it follow')
}

async function startLocked(config: Config, lock: DataLock): Promise<RunningServer> {
  const { app, context } = await createServiceContext(config)
  app.addHook('onClose', async () => lock.release())
  try {
    await registerServices(app, context, config.services)
    await followMoved(app.log, context)
    const mlflowAuth = readMlflowAuth(config)
    const mlflowAdmin = mlflowAuth && (await ensureMlflowAdmin(mlflowAuth, context, app.log))
    const port = await listen(app, config)
    const url = serverUrl(config, port)
    return {
      url,
      takenPort: config.port !== 0 && port !== config.port ? config.port : undefined,
      ownerToken: await ensureOwnerToken(context),
      firstAdminUrl: await inviteFirstAdmin(context, url),
      adminPasswordUrl: mlflowAdmin && inviteUrl(url, mlflowAdmin),
      client: context.client(),
      drain: async () => {
        await app.drain(config.drain_timeout * 1000)
        await app.close()
      },
      close: () => app.close(),
    }
  } catch (error) {
    await app.close()
    throw error
  }
}
