import type { Config } from '@cairn/platform/config'
import { hasCode } from '@cairn/platform/db/dialect'
import { invalid } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import type { FastifyInstance } from 'fastify'
import { layGround } from './ground.js'
import { firstOwnerToken } from './owner-token.js'
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

const NEXT_PORTS = 20

/** The composition root: all services of one configuration in this process. */
export async function startServer(config: Config): Promise<RunningServer> {
  const { app, ground } = await layGround(config)
  try {
    await registerServices(app, ground, config.services)
    const port = await listen(app, config)
    const host = config.host.includes(':') ? `[${config.host}]` : config.host
    const url = config.public_url || `http://${host}:${port}`
    return {
      url,
      instead: config.port !== 0 && port !== config.port ? config.port : undefined,
      ownerToken: await firstOwnerToken(ground),
      client: ground.client(),
      close: () => app.close(),
    }
  } catch (error) {
    await app.close()
    throw error
  }
}

/** A taken port gives way to the next free one. */
async function listen(app: FastifyInstance, { host, port }: Config): Promise<number> {
  for (let candidate = port; candidate < port + NEXT_PORTS; candidate++) {
    try {
      await app.listen({ host, port: candidate })
      const address = app.server.address()
      return typeof address === 'object' && address ? address.port : candidate
    } catch (error) {
      if (!hasCode(error, 'EADDRINUSE') || port === 0) throw describeListen(error, host, port)
    }
  }
  throw invalid(`The ports ${port} to ${port + NEXT_PORTS - 1} are all taken: choose another with --port.`)
}

function describeListen(cause: unknown, host: string, port: number): unknown {
  if (hasCode(cause, 'EACCES'))
    return invalid(`Port ${port} may not be opened by this user: choose one above 1023 with --port.`, {
      cause,
    })
  if (hasCode(cause, 'EADDRNOTAVAIL', 'ENOTFOUND'))
    return invalid(`This machine has no address ${host}: choose another with --host.`, { cause })
  return cause
}
