import { Readable } from 'node:stream'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import { ApiError } from '@cairn/platform/errors'
import type { GuardedChange } from '@cairn/platform/events/coalesce'
import type { Feed, Subscription } from '@cairn/platform/events/feed'
import { handle } from '@cairn/platform/http/handle'
import { type Change, ReadEvents } from '@cairn/platform/protocol/cairn/events'
import type { Input } from '@cairn/platform/protocol/operation'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { type ChangeFilter, eventStream, type StreamTiming } from './stream.js'
import { visibleChanges } from './visible-changes.js'

interface Options {
  readonly feed: Feed
  readonly authorizer: Authorizer
  readonly timing?: StreamTiming
}
type EventSelection = Input<typeof ReadEvents>

const MAX_LISTENERS = 2_000
const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no', // nginx would buffer events
}

/** Notifies clients of changed objects, such as runs and models: over SSE, or in one response to clients that poll. */
export const eventRoutes: FastifyPluginAsync<Options> = async (app, { feed, authorizer, timing }) => {
  handle(app, ReadEvents, async (selection, request, reply) => {
    if (feed.subscribers >= MAX_LISTENERS)
      throw new ApiError(
        'RESOURCE_EXHAUSTED',
        `The server has ${MAX_LISTENERS} event streams already. Try again later.`,
      )
    const header = request.headers['last-event-id']
    // An EventSource reconnects to its original URL and sends its current position in this header.
    const after = (typeof header === 'string' && header) || selection.after || undefined
    const subscription = await feed.subscribe(after)
    const filter: ChangeFilter = async (noted) =>
      visibleChanges(await request.reauthenticate(), noted.filter(matchesSelection(selection)), authorizer)
    if (!request.headers.accept?.includes('text/event-stream')) return pollOnce(subscription, filter)
    return streamEvents(subscription, eventStream(subscription, filter, timing), request, reply)
  })
}

function streamEvents(
  { unsubscribe }: Subscription,
  stream: AsyncIterable<string>,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  reply.raw.once('close', unsubscribe)
  if (request.raw.destroyed) unsubscribe()
  return reply.headers(HEADERS).send(Readable.from(stream, { objectMode: false, highWaterMark: 1 }))
}

/** Returns the changes so far, for clients that poll. */
async function pollOnce({ mailbox, position, reset, unsubscribe }: Subscription, filter: ChangeFilter) {
  const delivery = await mailbox.take(0)
  unsubscribe()
  if (!delivery || delivery === 'closed') return { last_event_id: position, reset, events: [] }
  const visible = await filter(delivery.changes)
  return {
    last_event_id: delivery.position,
    reset: reset || delivery.reset,
    events: visible.map(({ change }) => change),
  }
}

const matchesSelection = ({ types, experiment_ids, run_ids }: EventSelection) => {
  const oneOf = (selection: readonly string[] | undefined, value: string | undefined) =>
    !selection?.length || (value !== undefined && selection.includes(value))
  return ({ change }: GuardedChange): boolean =>
    oneOf(types, change.type) &&
    oneOf(experiment_ids, member(change, 'experiment_id')) &&
    oneOf(run_ids, member(change, 'run_id'))
}

const member = (change: Change, name: 'experiment_id' | 'run_id'): string | undefined =>
  name in change ? (change as Record<typeof name, string>)[name] : undefined
