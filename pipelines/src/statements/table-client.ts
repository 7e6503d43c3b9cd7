import type { Client } from '@cairn/platform/protocol/client'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyRequest } from 'fastify'

const TOKEN_SECONDS = 60

/**
 * Returns the client with which a statement opens tables, with the rights of the caller. The location of a table needs the scope
 * `catalog`: for a caller whose token has only `read`, each call has a token that does not leave the server.
 */
export function tableClient(
  { client, tokens }: Pick<ServiceContext, 'client' | 'tokens'>,
  request: FastifyRequest,
): Client {
  const { id, scopes } = request.principal
  if (!scopes || scopes.includes('catalog')) return client(request.credential())
  const options = { seconds: TOKEN_SECONDS, scopes: ['catalog'] }
  return async (op, input) => {
    const { secret, token } = await tokens.issue(id, 'query tables', options)
    try {
      return await client(secret)(op, input)
    } finally {
      await tokens.revoke(id, token.id).catch(() => undefined) // It expires anyway.
    }
  }
}
