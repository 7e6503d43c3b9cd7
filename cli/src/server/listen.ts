import type { Config } from '@cairn/platform/config'
import { hasCode } from '@cairn/platform/db/dialect'
import { invalid } from '@cairn/platform/errors'
import type { FastifyInstance } from 'fastify'

const ATTEMPTS = 20
const LAST_PORT = 65_535

type ListenOptions = Pick<Config, 'host' | 'port'> & Partial<Pick<Config, 'public_url'>>

/**
 * Listens on the port, or on the next free one of `attempts` ports. A proxy finds the server of a public URL on its port only.
 *
 * @returns the port
 * @throws INVALID_PARAMETER_VALUE, with advice
 */
export async function listen(
  app: FastifyInstance,
  { host, port, public_url = '' }: ListenOptions,
  attempts = public_url ? 1 : ATTEMPTS,
): Promise<number> {
  const last = Math.min(port + attempts - 1, LAST_PORT)
  for (let candidate = port; candidate <= last; candidate++) {
    try {
      await app.listen({ host, port: candidate })
      const address = app.server.address()
      return typeof address === 'object' && address ? address.port : candidate
    } catch (error) {
      if (!hasCode(error, 'EADDRINUSE') || port === 0) throw describeListen(error, host, port)
    }
  }
  const taken = port === last ? `Port ${port} is taken` : `Ports ${port} to ${last} are taken`
  throw invalid(`${taken}: pass another with --port, or use any free one with --port 0.`)
}

function describeListen(cause: unknown, host: string, port: number): unknown {
  if (hasCode(cause, 'EACCES'))
    return invalid(`This user may not open port ${port}: pass one above 1023 with --port.`, {
      cause,
    })
  if (hasCode(cause, 'EADDRNOTAVAIL', 'ENOTFOUND'))
    return invalid(`This machine does not have the address ${host}: pass another with --host.`, { cause })
  return cause
}
