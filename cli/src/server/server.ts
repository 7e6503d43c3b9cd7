import type { Config } from '@cairn/platform/config'
import type { Client } from '@cairn/platform/protocol/client'
import { listen } from './listen.js'
import { ensureOwnerToken } from './owner-token.js'
import { createServiceContext } from './service-context.js'
import { registerServices } from './services.js'

export interface RunningServer {
  readonly url: string
  /** The port that was asked for, when another had to be taken. */
  readonly instead: number | undefined
  /** Made at this start, because there was none; to be shown this once. */
  readonly ownerToken: string | undefined
  /** Acts as the owner. */
  readonly client: Client
  close(): Promise<void>
}

/** The composition root: all services of one configuration in this process. */
export async function startServer(config: Config): Promise<RunningServer> {
  const { app, context } = await createServiceContext(config)
  try {
    await registerServices(app, context, config.services)
    const port = await listen(app, config)
    const host = config.host.includes(':') ? `[${config.host}]` : config.host
    const url = config.public_url || `http://${host}:${port}`
    return {
      url,
      instead: config.port !== 0 && port !== config.port ? config.port : undefined,
      ownerToken: await ensureOwnerToken(context),
      client: context.client(),
      close: () => app.close(),
    }
  } catch (error) {
    await app.close()
    throw error
  }
}
