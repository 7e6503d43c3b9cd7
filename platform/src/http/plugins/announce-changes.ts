import type { FastifyInstance } from 'fastify'
import type { Announce } from '../../events/announcer.js'
import type { Change } from '../../protocol/cairn/events.js'
import type { Input, Operation, Output } from '../../protocol/operation.js'

interface OperationChanges {
  readonly id: string
  readonly changes: (input: Record<string, unknown>, output: unknown) => readonly Change[]
}

/** Maps a successful operation to the changes it made. `changes` gets the input before parsing, and the output. */
export const changesOf = <O extends Operation>(
  { id }: O,
  changes: (input: Input<O>, output: Output<O>) => readonly Change[],
): OperationChanges => ({ id, changes: changes as OperationChanges['changes'] })

/**
 * Publishes the changes of this plugin's operations to the event stream. The hook runs after the handler has returned, and so
 * after the commit.
 */
export function announceChanges(
  app: FastifyInstance,
  announce: Announce,
  operations: readonly OperationChanges[],
) {
  const byId = new Map(operations.map((one) => [one.id, one.changes]))
  app.addHook('preSerialization', async (request, reply, payload) => {
    const changes = byId.get(request.routeOptions.config.operation ?? '')
    if (!changes || reply.statusCode >= 300) return payload
    const input = Object.assign({}, request.query, request.body, request.params)
    for (const change of changes(input, payload)) announce(change)
    return payload
  })
}
