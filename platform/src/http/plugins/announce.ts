import type { FastifyInstance } from 'fastify'
import type { Announce } from '../../events/announcer.js'
import type { Change } from '../../protocol/events.js'
import type { Input, Operation, Output } from '../../protocol/operation.js'

/** Derives the changes of a successful operation from its input, before parsing, and its output. */
interface Effect {
  readonly id: string
  readonly changes: (input: Record<string, unknown>, output: unknown) => readonly Change[]
}

export const effect = <O extends Operation>(
  { id }: O,
  changes: (input: Input<O>, output: Output<O>) => readonly Change[],
): Effect => ({ id, changes: changes as Effect['changes'] })

/** Announces the changes of the given operations of this plugin after they responded, when their commits are done. */
export function announceEffects(app: FastifyInstance, announce: Announce, effects: readonly Effect[]) {
  const byId = new Map(effects.map((one) => [one.id, one.changes]))
  app.addHook('preSerialization', async (request, reply, payload) => {
    const changes = byId.get(request.routeOptions.config.operation ?? '')
    if (!changes || reply.statusCode >= 300) return payload
    const input = Object.assign({}, request.query, request.body, request.params)
    for (const change of changes(input, payload)) announce(change)
    return payload
  })
}
