import type { Config } from '@cairn/platform/config'
import { hasCode } from '@cairn/platform/db/dialect'
import { invalid } from '@cairn/platform/errors'
import type { FastifyInstance } from 'fastify'

const PORTS = 20
const LAST_PORT = 65_535

/** A taken port gives way to the next free one. @returns the port. @throws INVALID_PARAMETER_VALUE, saying what to do */
export async function listen(
  app: FastifyInstance,
  { host, port }: Pick<Config, 'host' | 'port'>,
): Promise<number> {
  const last = Math.min(port + PORTS - 1, LAST_PORT)
  for (let candidate = port; candidate <= last; candidate++) {
    try {
      await app.listen({ host, port: candidate })
      const address = app.server.address()
      return typeof address === 'object' && address ? address.port : candidate
    } catch (error) {
      if (!hasCode(error, 'EADDRINUSE') || port === 0) throw describeListen(error, host, port)
    }
  }
  const [taken, them] =
    port === last
      ? [`The port ${port} is taken`, 'it']
      : [`The ports ${port} to ${last} are all taken`, 'them']
  const end = last === LAST_PORT ? `, and there is none after ${them}` : ''
  throw invalid(`${taken}${end}: choose another with --port, or any free one with --port 0.`)
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
